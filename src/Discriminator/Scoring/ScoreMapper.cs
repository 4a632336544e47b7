using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace MlNetNtd;

/// <summary>Maps one row at a time: what a prediction engine runs on.</summary>
internal sealed class ScoreMapper(
    IHostEnvironment env, NextTokenDiscriminatorScorer scorer, ScorerSchema schema, NetworkDevice device) : IRowToRowMapper
{
    public DataViewSchema InputSchema => schema.Input;

    public DataViewSchema OutputSchema => schema.Output;

    public IEnumerable<DataViewSchema.Column> GetDependencies(IEnumerable<DataViewSchema.Column> dependingColumns) =>
        schema.Dependencies(dependingColumns);

    public DataViewRow GetRow(DataViewRow input, IEnumerable<DataViewSchema.Column> activeColumns)
    {
        ArgumentNullException.ThrowIfNull(input);
        var active = new ActiveScores(schema, activeColumns);
        var outputs = new ScoreOutputs(env, schema, input, active, scorer.Network(device), scorer.Settings.Shape.MaxTokens);
        return new ScoredRow(schema, input, outputs);
    }

    private sealed class ScoredRow(ScorerSchema schema, DataViewRow input, ScoreOutputs outputs) : DataViewRow
    {
        private bool _disposed;

        public override DataViewSchema Schema => schema.Output;

        public override long Position => input.Position;

        public override long Batch => input.Batch;

        public override bool IsColumnActive(DataViewSchema.Column column) => outputs.IsActive(column);

        public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column) => outputs.GetGetter<TValue>(column);

        public override ValueGetter<DataViewRowId> GetIdGetter() => input.GetIdGetter();

        protected override void Dispose(bool disposing)
        {
            if (disposing && !_disposed)
            {
                _disposed = true;
                input.Dispose();
            }

            base.Dispose(disposing);
        }
    }
}
