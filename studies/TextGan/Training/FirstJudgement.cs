using Microsoft.ML;

namespace MlNetNtd.Examples.TextGan;

/// <summary>
/// The second phase: the discriminator learns to tell the pre-trained generator's words, and words at random, from the
/// text's, as any ML.NET user would train it: stage and trainer in one pipeline.
/// </summary>
/// <remarks>
/// Words at random are easy to tell, and what is learned from them is half of what the generator's take: without them it
/// learns slower, and what no generator would say, gibberish, it has never heard of.
/// </remarks>
internal sealed class FirstJudgement
{
    private readonly Workbench _bench;

    public FirstJudgement(Workbench bench) => _bench = bench;

    /// <summary>Fits the pipeline.</summary>
    /// <param name="onEpoch">Told of each epoch.</param>
    /// <param name="checkpoint">A file to go on from where it is there, and to keep; null: none.</param>
    /// <param name="cancellation">Stops it within a batch.</param>
    /// <returns>The trained network, the caller's to dispose.</returns>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public DiscriminatorNetwork Train(Action<EpochResult> onEpoch, string? checkpoint, CancellationToken cancellation)
    {
        var rows = _bench.Rows.Of(Enumerable.Range(0, _bench.Preset.DiscriminatorPasses).SelectMany(Pass));
        var pipeline = _bench.Pipeline.Stage(_bench.Table)
            .Append(_bench.Pipeline.Trainer(_bench.Seeds.Discriminator, _bench.Preset.DiscriminatorEpochs, onEpoch, checkpoint, cancellation));
        using var model = pipeline.Fit(rows);
        return model.LastTransformer.CreateNetwork(_bench.Machine.Device);
    }

    private IEnumerable<Example> Pass(int pass)
    {
        var seed = _bench.Seeds.FirstCandidates(pass);
        int[] windows = [.. _bench.Story.Pass(seed)];
        var (drawn, gibberish) = (_bench.Draw(windows, seed), new Gibberish(_bench.Story, seed));
        return windows.SelectMany((window, i) => new[]
        {
            Example.True(_bench.Story, window),
            Example.False(_bench.Story, window, drawn[i]),
            Example.False(_bench.Story, window, gibberish.Words()),
        });
    }
}
