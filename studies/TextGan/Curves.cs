namespace MlNetNtd.Studies.TextGan;

/// <summary>Draws the losses and the AUC of a run.</summary>
internal static class Curves
{
    public static void Save(string path, TrainingRun run)
    {
        const string round = "round (0: before the first)";
        var (state, start) = (run.State, run.State.Start!);
        var pretraining = Charts.CreateLines(
            "Pre-training of the generator", "epoch", "nats a word", first: 1,
            ("text to learn from, with dropout", [.. state.Epochs.Select(epoch => epoch.TrainingLoss)]),
            ("held-out text", [.. state.Epochs.Select(epoch => epoch.HeldOutLoss)]));
        pretraining.Add.HorizontalLine(run.PairLoss).LegendText = "pairs";
        var generator = Charts.CreateLines(
            "Rounds: the generator's teacher forcing", round, "nats a word", first: 0,
            ("text to learn from, with dropout", [double.NaN, .. state.Results.Select(result => result.Losses.TeacherForcing)]),
            ("held-out text", [start.HeldOutLoss, .. state.Results.Select(result => result.Metrics.HeldOutLoss)]));
        generator.Add.HorizontalLine(run.PairLoss).LegendText = "pairs";
        var discriminator = Charts.CreateLines(
            "Rounds: real words told from drawn ones, held-out text", round, "AUC", first: 0,
            ("adversary", [start.Discriminator.Auc, .. state.Results.Select(result => result.Metrics.Discriminator.Auc)]),
            ("pairs", [start.PairAuc, .. state.Results.Select(result => result.Metrics.PairAuc)]));
        Charts.Save(path, pretraining, generator, discriminator);
    }
}
