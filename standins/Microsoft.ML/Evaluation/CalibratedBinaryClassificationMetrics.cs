namespace Microsoft.ML.Data;

/// <summary>How well two classes were told apart by scores and probabilities.</summary>
public sealed class CalibratedBinaryClassificationMetrics : BinaryClassificationMetrics
{
    internal CalibratedBinaryClassificationMetrics(double auc, double accuracy, double logLoss)
        : base(auc, accuracy) => LogLoss = logLoss;

    /// <summary>Mean cross-entropy of the probabilities, in bits.</summary>
    public double LogLoss { get; }
}
