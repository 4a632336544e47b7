using Microsoft.ML;

namespace MlNetNtd.Studies.TextGan;

/// <summary>
/// The second phase: the discriminator learns to tell the pre-trained generator's words, and words at random, from the
/// text's, in an ML.NET pipeline.
/// </summary>
/// <remarks>
/// Words at random are easy to tell. Without them the discriminator learns more slowly, and scores random words it has never
/// met at random.
/// </remarks>
internal sealed class DiscriminatorPretraining(Experiment experiment)
{
    /// <summary>Fits the pipeline.</summary>
    /// <param name="checkpoint">The file of the trainer's checkpoint; null: none.</param>
    /// <param name="cancellationToken">Stops it within a batch.</param>
    /// <returns>The trained network, which the caller disposes.</returns>
    /// <exception cref="OperationCanceledException">It was stopped.</exception>
    public DiscriminatorNetwork Train(string? checkpoint, CancellationToken cancellationToken)
    {
        var rows = experiment.Rows.ToView(Enumerable.Range(0, experiment.Hyperparameters.DiscriminatorPasses).SelectMany(CreatePass));
        var pipeline = experiment.Pipeline.CreateTransform(experiment.Table)
            .Append(experiment.Pipeline.CreateTrainer(experiment.Seeds.Discriminator, experiment.Hyperparameters.DiscriminatorEpochs, checkpoint, cancellationToken));
        using var model = pipeline.Fit(rows);
        return model.LastTransformer.CreateNetwork(experiment.Compute.Device);
    }

    private IEnumerable<Example> CreatePass(int pass)
    {
        var seed = experiment.Seeds.FirstCandidates(pass);
        int[] windows = [.. experiment.Dataset.GetPass(seed)];
        var (drawn, randomWords) = (experiment.Draw(windows, seed), new RandomWords(experiment.Dataset, seed));
        return windows.SelectMany((window, i) => new[]
        {
            Example.Real(experiment.Dataset, window),
            Example.Generated(experiment.Dataset, window, drawn[i]),
            Example.Generated(experiment.Dataset, window, randomWords.Draw()),
        });
    }
}
