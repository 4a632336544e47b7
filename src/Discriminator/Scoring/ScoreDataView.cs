using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace MlNetNtd;

/// <summary>The scorer's view of an input.</summary>
internal sealed class ScoreDataView(
    IHostEnvironment env, NextTokenDiscriminatorScorer scorer, IDataView input, ScorerSchema schema, NetworkDevice device)
    : ExtendedView(schema, input)
{
    protected override DataViewRowCursor Extend(DataViewRowCursor cursor, ActiveColumns active)
    {
        try
        {
            var (network, settings) = (scorer.Network(device), scorer.Settings);
            return schema.Scores(active) && settings.BatchSize > 1
                ? new BatchScoreCursor(env, schema, cursor, active, network, settings)
                : new StreamingCursor(cursor, new ScoreOutputs(env, schema, cursor, active, network, settings.Shape.MaxTokens));
        }
        catch
        {
            cursor.Dispose();
            throw;
        }
    }
}
