namespace Microsoft.ML.Data;

/// <summary>How well two classes were told apart by scores.</summary>
public class BinaryClassificationMetrics
{
    internal BinaryClassificationMetrics(double auc, double accuracy)
        => (AreaUnderRocCurve, Accuracy) = (auc, accuracy);

    /// <summary>The chance that a positive row scores above a negative one; ties count half.</summary>
    public double AreaUnderRocCurve { get; }

    /// <summary>The share of rows whose score is on the right side of 0.</summary>
    public double Accuracy { get; }
}
