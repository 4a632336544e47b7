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

/// <summary>How well a set of rows was told apart, by rows, or by tokens where labels are by token.</summary>
/// <param name="Loss">
/// Mean binary cross-entropy, in nats: of rows or of tokens, as training minimizes it
/// (<see cref="NextTokenDiscriminatorTrainer.Options.LossKind"/>).
/// </param>
/// <param name="Accuracy">The share on the right side of logit 0.</param>
/// <param name="AreaUnderRocCurve">
/// The chance that a true one scores above a false one; NaN where all labels are alike.
/// </param>
public sealed record DiscriminatorMetrics(double Loss, double Accuracy, double AreaUnderRocCurve)
{
    /// <summary>
    /// The most that <see cref="AreaUnderRocCurve"/> can be wrong by: 0 up to 262,144 rows (or tokens), whose scores are held; of more, logits
    /// that differ by less than 1/512 are counted together.
    /// </summary>
    public double AreaUnderRocCurveError { get; init; }

    /// <summary>One phrase for the log.</summary>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"loss {Loss:F4}, accuracy {Accuracy:F4}, AUC {AreaUnderRocCurve:F4}{(AreaUnderRocCurveError == 0 ? "" : $" to {AreaUnderRocCurveError.ToString("G2", CultureInfo.InvariantCulture)}")}");
}
