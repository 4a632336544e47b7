namespace MlNetNtd.Studies.TextGan;

/// <summary>Evaluates the texts of a generator by measures that it was not trained on. All arms of a seed get the same draws.</summary>
/// <param name="experiment">The text and the generator.</param>
/// <param name="judgeText">The text of the judge.</param>
internal sealed class ArmEvaluation(Experiment experiment, JudgeText judgeText)
{
    /// <summary>A word repeats if it is one of this many before it.</summary>
    private const int RepetitionReach = 8;

    // The generator writes more windows than the held-out text has, because counts of three words in a row are few.
    private const int WindowsPerHeldOutWindow = 20;

    /// <summary>Evaluates the generator as it is.</summary>
    /// <param name="name">The arm's name.</param>
    /// <param name="temperature">Divides the logits of what it writes.</param>
    /// <param name="cancellationToken">Stops it.</param>
    public ArmResult Evaluate(string name, double temperature, CancellationToken cancellationToken)
    {
        var (dataset, metrics) = (experiment.Dataset, NextWordMetrics.Evaluate(experiment, temperature));
        List<int[]> text = [.. dataset.HeldOut.Select(window => dataset[window].ToArray())];
        var written = Write(text.Count * WindowsPerHeldOutWindow, 0);
        var judge = new Judge(judgeText.Models, experiment.Seeds.FreshDiscriminator(0));
        return new ArmResult(
            name,
            judge.ComputeAuc(judgeText.Windows, Write(judgeText.Windows.Count, 1), text, written),
            new FreshDiscriminator(experiment).ComputeAuc(Write, text.Count * WindowsPerHeldOutWindow, cancellationToken),
            [.. Enumerable.Range(1, 3).Select(n => NGrams.Count(written, n).DivergenceFrom(NGrams.Count(text, n)))],
            Math.Abs(ComputeRepetition(written) - ComputeRepetition(text)),
            metrics.Loss,
            metrics.Entropy);

        List<int[]> Write(int count, int part) => new Sampler(experiment.Generator, experiment.Table, experiment.Compute.Device)
            .Write(count, dataset.Tokens, new Random(experiment.Seeds.FreshDiscriminator(part)), temperature: temperature);
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
}
