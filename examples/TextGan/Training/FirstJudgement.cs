using Microsoft.ML;

namespace MlNetNtd.Examples.TextGan;

/// <summary>
/// The second phase: the discriminator learns to tell the pre-trained generator's words from the text's, as any ML.NET user
/// would train it: stage and trainer in one pipeline.
/// </summary>
internal sealed class FirstJudgement
{
    private readonly Workbench _bench;

    public FirstJudgement(Workbench bench) => _bench = bench;

    /// <summary>Fits the pipeline.</summary>
    /// <param name="onEpoch">Told of each epoch.</param>
    /// <param name="cancellation">Stops it within a batch.</param>
    /// <returns>The trained network, the caller's to dispose.</returns>
    /// <exception cref="OperationCanceledException">It was stopped; nothing of it is kept.</exception>
    public DiscriminatorNetwork Train(Action<DiscriminatorEpoch> onEpoch, CancellationToken cancellation)
    {
        var drawn = _bench.Draw(_bench.Story.Training, _bench.Seeds.FirstCandidates);
        var rows = _bench.Rows.TrueAndDrawn(_bench.Story.Training, drawn);
        var pipeline = _bench.Pipeline.Stage(_bench.Table)
            .Append(_bench.Pipeline.Trainer(_bench.Seeds.Discriminator, onEpoch, cancellation));
        using var model = pipeline.Fit(rows);
        return model.LastTransformer.CreateNetwork(_bench.Machine.Device);
    }
}
