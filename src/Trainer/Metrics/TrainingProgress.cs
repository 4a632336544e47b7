using System.Globalization;

namespace MlNetNtd;

/// <summary>The progress of a training within an epoch.</summary>
/// <param name="Epoch">The number of the epoch, from 1.</param>
/// <param name="Epochs">The maximum number of epochs.</param>
/// <param name="Batch">The number of batches (steps) of the epoch that are done.</param>
/// <param name="Batches">The number of batches of an epoch.</param>
/// <param name="RowsPerSecond">The number of training rows per second since the epoch started or resumed.</param>
/// <param name="TokensPerSecond">The number of real tokens per second.</param>
/// <param name="Padding">The fraction of the processed tokens that were padding, 0 to 1.</param>
/// <param name="Loss">The mean loss of the epoch so far.</param>
/// <param name="LearningRate">The learning rate of the next step.</param>
/// <param name="GradientNorm">The norm of the last step's gradients before clipping.</param>
/// <param name="TimeLeft">The estimated time to the end of the last possible epoch.</param>
public sealed record TrainingProgress(
    int Epoch, int Epochs, int Batch, int Batches, double RowsPerSecond, double TokensPerSecond, double Padding, double Loss,
    double LearningRate, double GradientNorm, TimeSpan TimeLeft)
{
    /// <summary>Formats the progress as one line for the log.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"Epoch {Epoch} of {Epochs}, batch {Batch} of {Batches}: loss {Loss:F4}, rate {LearningRate:G3}, gradient {GradientNorm:G3}; "
        + $"{RowsPerSecond:N0} rows/s, {TokensPerSecond:N0} tokens/s, {100 * Padding:F0}% padding; {Format(TimeLeft)} left at most");

    // 0:14:00, or with days 2.03:04:05.
    private static string Format(TimeSpan time) => time.ToString(time < TimeSpan.FromDays(1) ? @"h\:mm\:ss" : @"d\.hh\:mm\:ss", CultureInfo.InvariantCulture);
}
