namespace MlNetNtd.Examples.TextGan;

/// <summary>The curves of a run.</summary>
internal static class Curves
{
    /// <summary>An SVG document: pre-training, the losses of the rounds, the AUC of the rounds.</summary>
    public static string Draw(RunState state) => SvgChart.Draw(
    [
        new Panel("Pre-training: nats a word, by epoch",
        [
            new Series("training", [.. state.Epochs.Select(epoch => epoch.TrainingLoss)]),
            new Series("held-out", [.. state.Epochs.Select(epoch => epoch.HeldOutLoss)]),
        ]),
        new Panel("Losses, by round",
        [
            new Series("generator", [.. state.Results.Select(round => round.GeneratorLoss)]),
            new Series("generator, held-out words", [.. state.Results.Select(round => round.HeldOutLoss)]),
            new Series("discriminator", [.. state.Results.Select(round => round.DiscriminatorLoss)]),
        ]),
        new Panel("Discriminator AUC on held-out text, by round",
        [
            new Series("AUC", [.. state.Results.Select(round => round.Auc)]),
        ]),
    ]);
}
