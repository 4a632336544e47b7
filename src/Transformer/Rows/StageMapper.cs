using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace MlNetNtd;

/// <summary>Maps one row at a time: what a prediction engine runs on.</summary>
internal sealed class StageMapper : IRowToRowMapper
{
    private readonly IHostEnvironment _env;
    private readonly NextTokenDiscriminatorTransformer _transformer;
    private readonly StageSchema _schema;
    private readonly EngineChoice _engine;

    public StageMapper(
        IHostEnvironment env, NextTokenDiscriminatorTransformer transformer, StageSchema schema, EngineChoice engine)
    {
        _env = env;
        _transformer = transformer;
        _schema = schema;
        _engine = engine;
    }

    public DataViewSchema InputSchema => _schema.Input;

    public DataViewSchema OutputSchema => _schema.Output;

    public IEnumerable<DataViewSchema.Column> GetDependencies(IEnumerable<DataViewSchema.Column> dependingColumns) =>
        _schema.Dependencies(dependingColumns);

    public DataViewRow GetRow(DataViewRow input, IEnumerable<DataViewSchema.Column> activeColumns)
    {
        ArgumentNullException.ThrowIfNull(input);
        var active = new ActiveColumns(_schema.Output, activeColumns);
        var engine = _transformer.CreateEngine(_engine, batchSize: 1, _schema.Known);
        return new MappedRow(input, new CombinedOutputs(_env, _schema, input, active, engine));
    }
}
