using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace MlNetNtd;

/// <summary>Reads scored rows and computes the metrics of their tokens.</summary>
internal sealed class TokenEvaluation
{
    private const string ScoreRole = "token score";

    private readonly IHostEnvironment _context;
    private readonly float _temperature;
    // All scores are kept, so that the metrics are exact.
    private readonly BinaryMetricsAccumulator _all = new(int.MaxValue);
    private readonly List<BinaryMetricsAccumulator> _byPosition = [];
    private int _candidates = 1;

    private TokenEvaluation(IHostEnvironment context, float temperature) => (_context, _temperature) = (context, temperature);

    /// <summary>Evaluates the tokens of a view.</summary>
    /// <param name="context">Logs warnings and marks errors.</param>
    /// <param name="data">The scored rows.</param>
    /// <param name="labelName">The name of the label column.</param>
    /// <param name="scoresName">The name of the column of token scores.</param>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or of the wrong type.</exception>
    /// <exception cref="InvalidRowException">A row does not have one label per token, or has NaN before its last score.</exception>
    public static TokenClassificationMetrics Evaluate(IHostEnvironment context, IDataView data, string labelName, string scoresName)
    {
        var label = Find(context, data.Schema, labelName, BoundInputColumns.LabelRole);
        if (label.Type != BooleanDataViewType.Instance && label.Type is not VectorDataViewType { ItemType: BooleanDataViewType })
            throw context.SchemaMismatch(BoundInputColumns.LabelRole, labelName, ColumnRequirements.Label, label.Type, ColumnRequirements.LabelAdvice(label));
        var scores = Find(context, data.Schema, scoresName, ScoreRole);
        if (scores.Type is not VectorDataViewType type || type.ItemType != NumberDataViewType.Single)
            throw context.SchemaMismatch(ScoreRole, scoresName, "Vector<Single>, a logit per token", scores.Type, "The scorer writes such a column: TokenScores.");

        var evaluation = new TokenEvaluation(context, ScoreColumns.ReadTemperature(scores));
        evaluation.Read(data, label, scores);
        return new TokenClassificationMetrics(Metrics(evaluation._all), [.. evaluation._byPosition.Select(Metrics)]);
    }

    private void Read(IDataView data, DataViewSchema.Column label, DataViewSchema.Column scores)
    {
        using var cursor = data.GetRowCursor([label, scores]);
        var scoreGetter = cursor.GetGetter<VBuffer<float>>(scores);
        var labelGetter = label.Type is VectorDataViewType ? cursor.GetGetter<VBuffer<bool>>(label) : null;
        var rowGetter = labelGetter is null ? cursor.GetGetter<bool>(label) : null;
        var (scored, labels, rowLabel) = (default(VBuffer<float>), default(VBuffer<bool>), false);
        var (rows, unscored) = (0L, 0L);
        // The type of the scores of several candidates is (T, K).
        _candidates = scores.Type is VectorDataViewType { Dimensions: { Length: 2 } dimensions } && dimensions[1] > 0 ? dimensions[1] : 1;
        while (cursor.MoveNext())
        {
            scoreGetter(ref scored);
            var logits = scored.DenseValues().ToArray();
            // The scorer writes NaN, ML.NET's missing value, after a row's tokens.
            var tokens = Array.FindLastIndex(logits, logit => !float.IsNaN(logit)) + 1;
            rows++;
            // The scorer skipped this row (BadRowPolicy.Skip).
            if (tokens == 0)
            {
                unscored++;
                continue;
            }

            // NaN anywhere else is a token without a score, which the metrics must not ignore.
            if (logits.AsSpan(0, tokens).IndexOf(float.NaN) is >= 0 and var gap)
                throw _context.Row(scores.Name, cursor.Position, "NaN behind the last score only", $"one at token {gap} of {tokens}");
            if (labelGetter is null)
            {
                rowGetter!(ref rowLabel);
                Add(logits.AsSpan(0, tokens), Enumerable.Repeat(rowLabel, tokens).ToArray());
                continue;
            }

            labelGetter(ref labels);
            if (labels.Length != tokens && labels.Length != logits.Length)
                throw _context.Row(label.Name, cursor.Position, $"{tokens} labels, one for each token that column '{scores.Name}' scores", $"{labels.Length}");
            Add(logits.AsSpan(0, tokens), labels.DenseValues().ToArray());
        }

        if (unscored == 0)
            return;
        using var channel = _context.Start("Evaluation");
        channel.Warning(MessageSensitivity.None, $"{unscored} of {rows} rows have no token score in column '{scores.Name}' and are not counted.");
    }

    private void Add(ReadOnlySpan<float> logits, bool[] labels)
    {
        for (var t = 0; t < logits.Length; t++)
        {
            var position = t / _candidates;
            if (position == _byPosition.Count)
                _byPosition.Add(new BinaryMetricsAccumulator(int.MaxValue));
            // At the temperature of the scorer's probabilities. It changes no order and no sign.
            _all.Add(logits[t] / _temperature, labels[t]);
            _byPosition[position].Add(logits[t] / _temperature, labels[t]);
        }
    }

    private static TokenMetrics Metrics(BinaryMetricsAccumulator accumulator)
    {
        var metrics = accumulator.GetMetrics();
        return new TokenMetrics((int)accumulator.Count, (int)accumulator.Positives, metrics.Accuracy, metrics.AreaUnderRocCurve, metrics.Loss / Math.Log(2))
        {
            ConfusionMatrix = TokenMetricsCalculator.GetConfusionMatrix(accumulator.Scores),
            AreaUnderPrecisionRecallCurve = TokenMetricsCalculator.GetAreaUnderPrecisionRecallCurve(accumulator.Scores),
            ExpectedCalibrationError = TokenMetricsCalculator.GetExpectedCalibrationError(accumulator.Scores),
        };
    }

    private static DataViewSchema.Column Find(IExceptionContext context, DataViewSchema schema, string name, string role) =>
        schema.GetColumnOrNull(name) ?? throw context.MissingColumn(role, name);
}
