using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace MlNetNtd;

/// <summary>The input with the scores behind it. Nothing is computed before a cursor asks.</summary>
internal sealed class ScoreDataView(
    IHostEnvironment env, NextTokenDiscriminatorScorer scorer, IDataView input, ScorerSchema schema, NetworkDevice device) : IDataView
{
    public DataViewSchema Schema => schema.Output;

    public bool CanShuffle => input.CanShuffle;

    public long? GetRowCount() => input.GetRowCount();

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null)
    {
        var active = new ActiveColumns(schema.Output, columnsNeeded);
        return Wrap(input.GetRowCursor(schema.Dependencies(active.Columns), rand), active);
    }

    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null)
    {
        var active = new ActiveColumns(schema.Output, columnsNeeded);
        var inputs = input.GetRowCursorSet(schema.Dependencies(active.Columns), n, rand);
        return Array.ConvertAll(inputs, cursor => Wrap(cursor, active));
    }

    private DataViewRowCursor Wrap(DataViewRowCursor cursor, ActiveColumns active)
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
