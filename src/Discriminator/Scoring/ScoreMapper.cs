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
        var active = new ActiveColumns(schema.Output, activeColumns);
        return new MappedRow(
            input, new ScoreOutputs(env, schema, input, active, scorer.Network(device), scorer.Settings.Shape.MaxTokens));
    }
}
