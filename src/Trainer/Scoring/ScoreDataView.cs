using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace MlNetNtd;

/// <summary>The input of a scorer with the score columns added.</summary>
internal sealed class ScoreDataView(
    IHostEnvironment env, NextTokenDiscriminatorScorer scorer, IDataView input, BoundScorerSchema schema, ScoringEngine engine)
    : AppendingDataView(env, schema, input)
{
    protected override DataViewRowCursor Append(DataViewRowCursor cursor, ActiveColumns active)
    {
        try
        {
            var rowScorer = scorer.GetRowScorer(engine);
            return schema.Scores(active) && schema.Settings.BatchSize > 1
                ? new BatchScoreCursor(env, schema, cursor, active, rowScorer)
                : new RowByRowCursor(cursor, new ScoreRowGetters(env, schema, cursor, active, rowScorer));
        }
        catch
        {
            cursor.Dispose();
            throw;
        }
    }

    protected override string? FindOnnxProblem() => ScorerOnnx.FindProblem(schema);

    protected override void WriteOnnx(MLNetOnnxGraph graph) => ScorerOnnx.Write(graph, schema);
}
