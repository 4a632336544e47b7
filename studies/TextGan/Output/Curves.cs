namespace MlNetNtd.Examples.TextGan;

/// <summary>The curves of a run.</summary>
internal static class Curves
{
    private const string Nats = "nats a word";
    private const string Round = "round (0: before the first)";

    /// <summary>An SVG document: pre-training, then the rounds: both of the generator's losses, the discriminator's, its AUC.</summary>
    /// <param name="state">The run.</param>
    /// <param name="wordNats">What counting single words comes to on held-out text.</param>
    /// <param name="pairNats">What counting pairs comes to.</param>
    public static string Draw(RunState state, double wordNats, double pairNats)
    {
        var start = state.Start!;
        return SvgChart.Draw(
        [
            new Panel("Pre-training of the generator",
            [
                new Series("text to learn from, with dropout", [.. state.Epochs.Select(epoch => epoch.TrainingLoss)]),
                new Series("held-out text", [.. state.Epochs.Select(epoch => epoch.HeldOutLoss)]),
            ])
            { XName = "epoch", YName = Nats, Levels = [new Level("single words", wordNats), new Level("pairs", pairNats)] },
            new Panel("Rounds: the generator's teacher forcing",
            [
                new Series("text to learn from, with dropout", [double.NaN, .. state.Results.Select(round => round.Losses.TeacherForcing)]),
                new Series("held-out text", [start.HeldOutLoss, .. state.Results.Select(round => round.Standing.HeldOutLoss)]),
            ])
            { XName = Round, YName = Nats, First = 0, Levels = [new Level("pairs", pairNats)] },
            new Panel("Rounds: the generator's adversarial loss",
            [
                new Series("held-out text", [start.Discriminator.Adversarial, .. state.Results.Select(round => round.Standing.Discriminator.Adversarial)]),
                new Series("text to learn from, with dropout", [double.NaN, .. state.Results.Select(round => round.Losses.Adversarial)]),
            ])
            { XName = Round, YName = Nats, First = 0 },
            new Panel("Rounds: the discriminator's loss",
            [
                new Series("held-out text, without words at random", [start.Discriminator.Loss, .. state.Results.Select(round => round.Standing.Discriminator.Loss)]),
                new Series("text to learn from, words at random too", [double.NaN, .. state.Results.Select(round => round.Losses.Discriminator)]),
            ])
            { XName = Round, YName = Nats, First = 0, Levels = [new Level("chance", Math.Log(2))] },
            new Panel("Rounds: true words told from drawn ones, held-out text",
            [
                new Series("discriminator", [start.Discriminator.Auc, .. state.Results.Select(round => round.Standing.Discriminator.Auc)]),
                new Series("pairs", [start.PairAuc, .. state.Results.Select(round => round.Standing.PairAuc)]),
            ])
            { XName = Round, YName = "AUC", First = 0, Levels = [new Level("chance", 0.5)] },
        ]);
    }
}
