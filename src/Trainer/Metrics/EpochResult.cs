using System.Globalization;

namespace MlNetNtd;

/// <summary>What one epoch of training came to.</summary>
/// <param name="Epoch">From 1.</param>
/// <param name="Epochs">The most there will be.</param>
/// <param name="Training">On the training rows, while the weights were moving and dropout was on.</param>
/// <param name="Validation">On the validation rows, after the epoch; null where there are none.</param>
/// <param name="RowsPerSecond">Training rows a second.</param>
/// <param name="IsBest">
/// Whether it is better than all epochs before by <see cref="NextTokenDiscriminatorTrainer.Options.MonitorMetric"/> (of the validation
/// rows, where there are any).
/// </param>
public sealed record EpochResult(
    int Epoch, int Epochs, DiscriminatorMetrics Training, DiscriminatorMetrics? Validation, double RowsPerSecond, bool IsBest)
{
    /// <summary>
    /// The validation rows' loss, where there are any, else the training rows'. Epochs are compared by it where
    /// <see cref="NextTokenDiscriminatorTrainer.Options.MonitorMetric"/> is the loss.
    /// </summary>
    public double MonitoredLoss => (Validation ?? Training).Loss;

    /// <summary>The figure by which epochs are compared, so that the highest is best.</summary>
    internal double Monitored(MonitorMetric metric) => metric == MonitorMetric.AreaUnderRocCurve ? (Validation ?? Training).AreaUnderRocCurve : -MonitoredLoss;

    /// <summary>One line for the log.</summary>
    public override string ToString()
    {
        var validation = Validation is null ? "" : $"; validation {Validation}";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"Epoch {Epoch} of {Epochs}: {Training}{validation}; {RowsPerSecond:N0} rows/s{(IsBest ? "; best so far" : "")}");
    }
}
