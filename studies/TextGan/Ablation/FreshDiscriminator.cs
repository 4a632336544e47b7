using Microsoft.ML;

namespace MlNetNtd.Studies.TextGan;

/// <summary>Trains a discriminator that no generator has met to tell written windows from real ones.</summary>
/// <param name="experiment">The text.</param>
internal sealed class FreshDiscriminator(Experiment experiment)
{
    // The parts of the seeds that the texts are written by; the first is the evaluation's own.
    private const int TrainingPart = 1;
    private const int TestPart = 2;

    /// <summary>Computes its AUC over tokens, which varies less from one training to the next than that over windows.</summary>
    /// <param name="write">Writes a number of windows by a part of the seed.</param>
    /// <param name="testWindows">The number of written windows to test on.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public double ComputeAuc(Func<int, int, List<int[]>> write, int testWindows, CancellationToken cancellationToken)
    {
        var (dataset, rows, seeds, hyperparameters) = (experiment.Dataset, experiment.Rows, experiment.Seeds, experiment.Hyperparameters);
        var real = Enumerable.Range(0, hyperparameters.FreshDiscriminatorPasses).SelectMany(pass => dataset.GetPass(seeds.FreshDiscriminator(pass + 3)))
            .Select(window => Example.Real(dataset, window)).ToArray();
        var pipeline = experiment.Pipeline.CreateTransform(experiment.Table)
            .Append(experiment.Pipeline.CreateTrainer(seeds.FreshDiscriminator(0), hyperparameters.FreshDiscriminatorEpochs, null, cancellationToken));
        using var model = pipeline.Fit(rows.ToView([.. real, .. write(real.Length, TrainingPart).Select(Example.Standalone)]));
        var test = dataset.HeldOut.Select(window => Example.Real(dataset, window)).Concat(write(testWindows, TestPart).Select(Example.Standalone));
        return HeldOutEvaluation.EvaluateModel(model, rows.ToView(test));
    }
}
