using Microsoft.ML;

namespace MlNetNtd.Benchmarks.Quality;

/// <summary>The metrics of one contender on the test rows of one task.</summary>
/// <param name="AreaUnderRocCurve">The AUC of tokens.</param>
/// <param name="LogLoss">The mean cross-entropy of a token, in nats; 0.693 for a probability of one half.</param>
/// <param name="CalibrationError">The expected calibration error.</param>
/// <param name="CpuSeconds">The processor time of training.</param>
internal readonly record struct QualityResult(double AreaUnderRocCurve, double LogLoss, double CalibrationError, double CpuSeconds)
{
    public static QualityResult Evaluate(QualityTask task, ContenderScores scores)
    {
        var rows = scores.Logits.Select((logits, row) => new ScoredRow { TokenScores = logits, TokenLabels = task.TestRows.Labels[row] });
        var metrics = task.Context.BinaryClassification.EvaluateTokens(task.Context.Data.LoadFromEnumerable(rows), nameof(ScoredRow.TokenLabels));
        // ML.NET's log-loss is in bits.
        return new QualityResult(metrics.AreaUnderRocCurve, metrics.LogLoss * Math.Log(2), metrics.ExpectedCalibrationError, scores.CpuSeconds);
    }

    private sealed class ScoredRow
    {
        public float[] TokenScores { get; set; } = [];

        public bool[] TokenLabels { get; set; } = [];
    }
}
