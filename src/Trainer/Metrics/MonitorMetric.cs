namespace MlNetNtd;

/// <summary>
/// The figure by which training compares epochs: which one's weights are kept, and when <c>Patience</c> is at its end. It is that of the
/// validation rows, where there are any.
/// </summary>
public enum MonitorMetric
{
    /// <summary>The lowest loss.</summary>
    Loss,

    /// <summary>
    /// The highest area under the ROC curve, for a scorer that ranks. It says nothing of how far probabilities are from the truth, and
    /// needs both kinds of label among the validation rows.
    /// </summary>
    AreaUnderRocCurve,
}
