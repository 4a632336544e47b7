using System.Globalization;

namespace MlNetNtd;

/// <summary>Training was stopped because the loss, or a gradient, was no longer a finite number.</summary>
/// <remarks>A smaller learning rate, a longer warm-up or smaller embeddings are the usual cures.</remarks>
public sealed class DiscriminatorTrainingException : InvalidOperationException
{
    // As many as one looks up by hand.
    private const int RowsNamed = 8;

    private DiscriminatorTrainingException(string message)
        : base(message)
    {
    }

    /// <summary>The epoch, from 1.</summary>
    public int Epoch { get; private init; }

    /// <summary>The batch of that epoch, from 1; null: the validation rows behind the last batch.</summary>
    public int? Batch { get; private init; }

    /// <summary>The numbers of the batch's rows in their view, from 0; none for the validation rows.</summary>
    public IReadOnlyList<long> Rows { get; private init; } = [];

    /// <summary>The parameter with the largest gradient, one that is not finite before all others; null for the validation rows.</summary>
    public string? LargestGradient { get; private init; }

    /// <summary>A scorer with the best weights of the epochs before; null where none was finished.</summary>
    public NextTokenDiscriminatorScorer? Best { get; private init; }

    internal static DiscriminatorTrainingException Create(
        TrainingState state, int batches, long[]? rows, (string Name, float Norm)? gradient, string? checkpoint, NextTokenDiscriminatorScorer? best)
    {
        var numbers = rows ?? [];
        var place = rows is null
            ? $"epoch {state.Epoch}, on the validation rows"
            : $"epoch {state.Epoch}, batch {state.Batches + 1} of {batches}, rows {string.Join(", ", numbers.Take(RowsNamed))}"
                + (numbers.Length > RowsNamed ? $" and {numbers.Length - RowsNamed} more" : "");
        var largest = gradient is { } one
            ? string.Create(CultureInfo.InvariantCulture, $"; the largest gradient is that of '{one.Name}', of norm {one.Norm:G4}")
            : "";
        var saved = best is null
            ? "no epoch was finished before, so there are no weights to keep"
            : $"the best weights so far, of epoch {best.History.Last(entry => entry.IsBest).Epoch}, are in the exception's Best";
        return new DiscriminatorTrainingException(
            $"The loss is no longer a finite number: {place}{largest}; {saved}"
            + (checkpoint is null ? "" : $"; the last checkpoint is {checkpoint}")
            + ". Try a smaller LearningRate, or a larger WarmupFraction.")
        {
            Epoch = state.Epoch,
            Batch = rows is null ? null : state.Batches + 1,
            Rows = numbers,
            LargestGradient = gradient?.Name,
            Best = best,
        };
    }
}
