namespace MlNetNtd;

/// <summary>
/// The metric by which training compares epochs, to select the weights that are kept and to stop early (<c>Patience</c>). It is computed
/// on the validation rows if there are any.
/// </summary>
public enum MonitorMetric
{
    /// <summary>The lowest loss.</summary>
    Loss,

    /// <summary>
    /// The highest area under the ROC curve, for a scorer that ranks. It ignores how well probabilities are calibrated, and needs labels
    /// of both kinds among the validation rows.
    /// </summary>
    AreaUnderRocCurve,

    /// <summary>
    /// The lowest loss at the temperature that fits the validation rows best (<see cref="DiscriminatorMetrics.CalibratedLoss"/>), which is
    /// the temperature of the scorer's probabilities. A network that is too sure of itself is not held back while it still learns. Without
    /// validation rows it is the loss.
    /// </summary>
    CalibratedLoss,
}
