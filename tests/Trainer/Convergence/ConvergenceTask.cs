using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetNtd.Tests;

/// <summary>
/// A task for default options: rows of <see cref="Tokens"/> tokens, some of whose candidates are real, and the AUC that the best possible
/// discriminator reaches.
/// </summary>
/// <param name="Name">In the words of docs/evidence/measurements.md.</param>
/// <param name="Dimension">C.</param>
/// <param name="Possible">The AUC that the best judge reaches.</param>
/// <param name="Draw">Draws a row.</param>
/// <param name="OwnMask">The task's own mask, (2T, 2T), true = blocked; null: the transform's.</param>
/// <param name="LabelsTokens">Whether tokens are judged, not rows.</param>
internal sealed record ConvergenceTask(
    string Name, int Dimension, double Possible, Func<Random, LearningRow> Draw, bool[]? OwnMask = null, bool LabelsTokens = false)
{
    /// <summary>T.</summary>
    public const int Tokens = 6;

    /// <summary>Trains on drawn rows and judges others.</summary>
    /// <param name="seed">Decides the rows and the training.</param>
    /// <param name="rows">Rows to train on, those for validation included.</param>
    /// <param name="heldOut">Rows to judge.</param>
    /// <param name="configure">What is not to be as by default.</param>
    /// <returns>The AUC on held-out rows, or on their tokens.</returns>
    public double HeldOutAuc(int seed, int rows, int heldOut, Action<NextTokenDiscriminatorTrainer.Options>? configure = null)
    {
        var random = new Random(seed);
        var context = new MLContext(seed);
        var drawn = Enumerable.Range(0, rows + heldOut).Select(_ => Masked(Draw(random))).ToArray();
        var options = new NextTokenDiscriminatorTrainer.Options
        {
            LabelColumnName = LabelsTokens ? nameof(LearningRow.TokenLabels) : nameof(LearningRow.Label),
            MaskColumnName = OwnMask is null ? "Mask" : nameof(LearningRow.OwnMask),
        };
        configure?.Invoke(options);

        using var scorer = context.BinaryClassification.Trainers.NextTokenDiscriminator(options).Fit(Transformed(context, drawn[..rows]));
        var scores = scorer.Scores(context, Transformed(context, drawn[rows..]));
        return Auc(scores.Zip(drawn[rows..], (score, row) => LabelsTokens
            ? score.TokenScores.Zip(row.TokenLabels).ToArray()
            : [(score.Score, row.Label)]).SelectMany(pairs => pairs));
    }

    private LearningRow Masked(LearningRow row)
    {
        row.OwnMask = OwnMask ?? [];
        return row;
    }

    private IDataView Transformed(MLContext context, LearningRow[] rows) =>
        Trainers.Transformed(context, context.Data.LoadFromEnumerable(rows), options => options.EmbeddingDimension = Dimension);

    private static double Auc(IEnumerable<(float Score, bool Label)> judged)
    {
        var tally = new BinaryMetricsAccumulator();
        foreach (var (score, label) in judged)
            tally.Add(score, label);
        return tally.GetMetrics().AreaUnderRocCurve;
    }
}

/// <summary>A row of a task.</summary>
internal sealed class LearningRow
{
    public float[] PreviousEmbeddings { get; set; } = [];

    public float[] CurrentEmbeddings { get; set; } = [];

    public bool Label { get; set; }

    public bool[] TokenLabels { get; set; } = [];

    public bool[] OwnMask { get; set; } = [];
}
