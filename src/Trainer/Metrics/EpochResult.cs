using System.Globalization;

namespace MlNetNtd;

/// <summary>The result of one epoch of training.</summary>
/// <param name="Epoch">The number of the epoch, from 1.</param>
/// <param name="Epochs">The maximum number of epochs.</param>
/// <param name="Training">The metrics on the training rows, computed during the epoch, with dropout and changing weights.</param>
/// <param name="Validation">The metrics on the validation rows, computed after the epoch; null without validation rows.</param>
/// <param name="RowsPerSecond">The number of training rows per second.</param>
/// <param name="IsBest">
/// Whether the epoch is better than all earlier ones by <see cref="NextTokenDiscriminatorTrainer.Options.MonitorMetric"/>, on the
/// validation rows if there are any.
/// </param>
public sealed record EpochResult(
    int Epoch, int Epochs, DiscriminatorMetrics Training, DiscriminatorMetrics? Validation, double RowsPerSecond, bool IsBest)
{
    /// <summary>
    /// Gets the loss on the validation rows, or on the training rows without validation rows. Epochs are compared by it if
    /// <see cref="NextTokenDiscriminatorTrainer.Options.MonitorMetric"/> is the loss.
    /// </summary>
    public double MonitoredLoss => (Validation ?? Training).Loss;

    /// <summary>Gets the value by which epochs are compared; higher is better.</summary>
    internal double Monitored(MonitorMetric metric) => metric switch
    {
        MonitorMetric.AreaUnderRocCurve => (Validation ?? Training).AreaUnderRocCurve,
        MonitorMetric.CalibratedLoss => -(Validation?.CalibratedLoss ?? Training.Loss),
        _ => -MonitoredLoss,
    };

    /// <summary>Formats the result as one line for the log.</summary>
    public override string ToString()
    {
        var validation = Validation is null ? "" : $"; validation {Validation}";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"Epoch {Epoch} of {Epochs}: {Training}{validation}; {RowsPerSecond:N0} rows/s{(IsBest ? "; best so far" : "")}");
    }
}
