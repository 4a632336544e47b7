using System.Globalization;

namespace MlNetNtd;

/// <summary>How far a training is, within an epoch.</summary>
/// <param name="Epoch">From 1.</param>
/// <param name="Epochs">The most there will be.</param>
/// <param name="Batch">How many batches (steps) of the epoch are done.</param>
/// <param name="Batches">How many it has.</param>
/// <param name="RowsPerSecond">Training rows a second, since this epoch began or was taken up again.</param>
/// <param name="TokensPerSecond">Their real tokens a second.</param>
/// <param name="Padding">The share of the tokens worked on that were padding, 0 to 1.</param>
/// <param name="Loss">The mean loss of the epoch so far.</param>
/// <param name="LearningRate">Of the next step.</param>
/// <param name="GradientNorm">Of the last step, before clipping.</param>
/// <param name="TimeLeft">At this speed, to the end of the last epoch there can be.</param>
public sealed record TrainingProgress(
    int Epoch, int Epochs, int Batch, int Batches, double RowsPerSecond, double TokensPerSecond, double Padding, double Loss,
    double LearningRate, double GradientNorm, TimeSpan TimeLeft)
{
    /// <summary>One line for the log.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"Epoch {Epoch} of {Epochs}, batch {Batch} of {Batches}: loss {Loss:F4}, rate {LearningRate:G3}, gradient {GradientNorm:G3}; "
        + $"{RowsPerSecond:N0} rows/s, {TokensPerSecond:N0} tokens/s, {100 * Padding:F0}% padding; {Written(TimeLeft)} left at most");

    // 0:14:00, and days only where there are any: 2.03:04:05.
    private static string Written(TimeSpan time) => time.ToString(time < TimeSpan.FromDays(1) ? @"h\:mm\:ss" : @"d\.hh\:mm\:ss", CultureInfo.InvariantCulture);
}
