using Microsoft.ML;

namespace MlNetNtd.Studies.TextGan;

/// <summary>Evaluates the texts of a generator by measures that it was not trained on.</summary>
/// <param name="experiment">The text and the generator.</param>
internal sealed class FreshDiscriminator(Experiment experiment)
{
    /// <summary>A word repeats if it is one of this many before it.</summary>
    private const int RepetitionReach = 8;

    // The generator writes more windows than the held-out text has, because counts of three words in a row are few.
    private const int WindowsPerHeldOutWindow = 20;

    /// <summary>Evaluates the generator. Both arms of a seed get the same draws and the same initial weights.</summary>
    public ArmResult Evaluate(CancellationToken cancellationToken)
    {
        var dataset = experiment.Dataset;
        List<int[]> text = [.. dataset.HeldOut.Select(window => dataset[window].ToArray())];
        var written = Write(text.Count * WindowsPerHeldOutWindow, 0);
        return new ArmResult(
            new Pretraining(experiment).ComputeHeldOutLoss(),
            ComputeFreshAuc(cancellationToken),
            [.. Enumerable.Range(1, 3).Select(n => NGrams.Count(written, n).DivergenceFrom(NGrams.Count(text, n)))],
            Math.Abs(ComputeRepetition(written) - ComputeRepetition(text)));
    }

    /// <summary>Computes the fraction of words that are one of the 8 before them.</summary>
    public static double ComputeRepetition(IEnumerable<int[]> texts)
    {
        var (repeated, all) = (0L, 0L);
        foreach (var text in texts)
        {
            for (var i = 1; i < text.Length; i++)
            {
                all++;
                repeated += text.AsSpan(Math.Max(0, i - RepetitionReach)..i).Contains(text[i]) ? 1 : 0;
            }
        }

        return (double)repeated / all;
    }

    // The AUC of tokens varies less from one training to the next than that of windows.
    private double ComputeFreshAuc(CancellationToken cancellationToken)
    {
        var (dataset, rows, seeds) = (experiment.Dataset, experiment.Rows, experiment.Seeds);
        var train = Enumerable.Range(0, experiment.Hyperparameters.FreshDiscriminatorPasses).SelectMany(pass => dataset.GetPass(seeds.FreshDiscriminator(pass + 3)))
            .Select(window => Example.Real(dataset, window)).ToArray();
        var written = Write(train.Length, 1).Select(Example.Standalone);
        var pipeline = experiment.Pipeline.CreateTransform(experiment.Table)
            .Append(experiment.Pipeline.CreateTrainer(seeds.FreshDiscriminator(0), experiment.Hyperparameters.FreshDiscriminatorEpochs, null, cancellationToken));
        using var model = pipeline.Fit(rows.ToView([.. train, .. written]));
        var examples = dataset.HeldOut.Select(window => Example.Real(dataset, window)).Concat(Write(dataset.HeldOutWindows * WindowsPerHeldOutWindow, 2).Select(Example.Standalone));
        return HeldOutEvaluation.EvaluateModel(model, rows.ToView(examples));
    }

    private List<int[]> Write(int count, int part) =>
        new Sampler(experiment.Generator, experiment.Table, experiment.Compute.Device).Write(count, experiment.Dataset.Tokens, new Random(experiment.Seeds.FreshDiscriminator(part)));
}
