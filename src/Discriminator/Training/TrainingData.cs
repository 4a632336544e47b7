using Microsoft.ML.Runtime;

namespace MlNetNtd;

/// <summary>The rows of one training, held in memory.</summary>
/// <param name="Training">The rows to train on.</param>
/// <param name="Validation">The rows to find the best epoch by; may be none.</param>
/// <param name="LabelsTokens">Whether there is a label per token.</param>
internal sealed record TrainingData(IReadOnlyList<SequenceRow> Training, IReadOnlyList<SequenceRow> Validation, bool LabelsTokens)
{
    /// <summary>The longest half of any row.</summary>
    public int LongestHalf => Training.Concat(Validation).Max(row => row.PaddedTokens);

    /// <summary>Draws validation rows where none are given, and checks that there is something to learn.</summary>
    /// <param name="context">Marks errors.</param>
    /// <param name="columns">The columns that the rows were read from.</param>
    /// <param name="rows">The rows.</param>
    /// <param name="validation">Rows of another view; null: drawn from the rows.</param>
    /// <param name="fraction">The share drawn.</param>
    /// <param name="seed">Decides which.</param>
    /// <exception cref="InvalidOperationException">There are too few rows, or labels of one kind only.</exception>
    public static TrainingData Of(
        IExceptionContext context, InputColumns columns, List<SequenceRow> rows, List<SequenceRow>? validation, double fraction, int seed)
    {
        if (validation is { Count: 0 })
            throw context.Unable("Too few rows: the validation data has none.");
        var training = rows;
        if (validation is null)
            (training, validation) = Split(context, rows, fraction, seed);
        else
            CheckCount(context, rows.Count, 1, "");

        var kept = training.Count == rows.Count ? "" : $", {rows.Count - training.Count} more are kept for validation (ValidationFraction)";
        CheckLabels(context, columns.Label!.Value.Name, training, kept);
        return new TrainingData(training, validation, columns.LabelsTokens);
    }

    private static (List<SequenceRow> Training, List<SequenceRow> Validation) Split(
        IExceptionContext context, List<SequenceRow> rows, double fraction, int seed)
    {
        if (fraction == 0)
        {
            CheckCount(context, rows.Count, 1, "");
            return (rows, []);
        }

        CheckCount(context, rows.Count, 2, " (one to train on and one for validation; with ValidationFraction = 0 one will do)");
        var count = Math.Clamp((int)Math.Round(rows.Count * fraction), 1, rows.Count - 1);
        var shuffled = rows.ToArray();
        new Random(seed).Shuffle(shuffled);
        return ([.. shuffled.Skip(count)], [.. shuffled.Take(count)]);
    }

    private static void CheckCount(IExceptionContext context, int found, int expected, string why)
    {
        if (found < expected)
            throw context.Unable($"Too few rows: expected at least {expected}{why}, found {found}.");
    }

    private static void CheckLabels(IExceptionContext context, string label, List<SequenceRow> rows, string kept)
    {
        foreach (var wanted in new[] { true, false })
        {
            if (!rows.Any(row => row.Labels.Contains(wanted)))
            {
                throw context.Unable(
                    $"Column '{label}': no {(wanted ? "positive" : "negative")} label among the {rows.Count} training rows{kept}; "
                    + "a discriminator needs both kinds.");
            }
        }
    }
}
