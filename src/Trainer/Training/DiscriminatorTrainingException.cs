using System.Globalization;

namespace MlNetNtd;

/// <summary>The exception that is thrown when training stops because the loss or a gradient is no longer a finite number.</summary>
/// <remarks>A smaller learning rate, a longer warm-up or smaller embeddings usually help.</remarks>
public sealed class DiscriminatorTrainingException : InvalidOperationException
{
    // More rows than that would make the message hard to read.
    private const int MaxRowsInMessage = 8;

    private DiscriminatorTrainingException(string message)
        : base(message)
    {
    }

    /// <summary>Gets the number of the epoch, from 1.</summary>
    public int Epoch { get; private init; }

    /// <summary>Gets the number of the batch in the epoch, from 1; null if the loss on the validation rows is not finite.</summary>
    public int? Batch { get; private init; }

    /// <summary>Gets the indexes of the batch's rows in their view, from 0; empty for the validation rows.</summary>
    public IReadOnlyList<long> Rows { get; private init; } = [];

    /// <summary>Gets the name of the parameter with the largest gradient, or of the first one that is not finite; null for the validation rows.</summary>
    public string? LargestGradient { get; private init; }

    /// <summary>Gets a scorer with the best weights of the epochs before; null if no epoch was finished.</summary>
    public NextTokenDiscriminatorScorer? Best { get; private init; }

    /// <summary>Creates the exception.</summary>
    /// <param name="state">The state of the training before the failed step.</param>
    /// <param name="batches">The number of batches in an epoch.</param>
    /// <param name="rows">The indexes of the batch's rows; null for the validation rows.</param>
    /// <param name="gradient">The parameter with the largest gradient and its norm; null for the validation rows.</param>
    /// <param name="checkpoint">A description of the last checkpoint; null if there is none.</param>
    /// <param name="best">A scorer with the best weights; null if no epoch was finished.</param>
    internal static DiscriminatorTrainingException Create(
        TrainingState state, int batches, long[]? rows, (string Name, float Norm)? gradient, string? checkpoint, NextTokenDiscriminatorScorer? best)
    {
        var numbers = rows ?? [];
        var position = rows is null
            ? $"epoch {state.Epoch}, on the validation rows"
            : $"epoch {state.Epoch}, batch {state.Batches + 1} of {batches}, rows {string.Join(", ", numbers.Take(MaxRowsInMessage))}"
                + (numbers.Length > MaxRowsInMessage ? $" and {numbers.Length - MaxRowsInMessage} more" : "");
        var largest = gradient is { } found
            ? string.Create(CultureInfo.InvariantCulture, $"; the largest gradient is that of '{found.Name}', of norm {found.Norm:G4}")
            : "";
        var saved = best is null
            ? "no epoch was finished before, so there are no weights to keep"
            : $"the best weights so far, of epoch {best.History.Last(entry => entry.IsBest).Epoch}, are in the exception's Best";
        return new DiscriminatorTrainingException(
            $"The loss is no longer a finite number: {position}{largest}; {saved}"
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
