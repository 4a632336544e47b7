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
        var active = new ActiveColumns(_schema, activeColumns);
        var engine = _transformer.CreateEngine(_engine, batchSize: 1, _schema.Known);
        return new StageRow(_env, _schema, input, active, engine);
    }

    private sealed class StageRow : DataViewRow
    {
        private readonly DataViewRow _input;
        private readonly RowOutputs _outputs;
        private readonly ICombineEngine _engine;
        private bool _disposed;

        public StageRow(
            IExceptionContext context, StageSchema schema, DataViewRow input, ActiveColumns active, ICombineEngine engine)
        {
            Schema = schema.Output;
            _input = input;
            _engine = engine;
            _outputs = new RowOutputs(context, schema, input, active, engine);
        }

        public override DataViewSchema Schema { get; }

        public override long Position => _input.Position;

        public override long Batch => _input.Batch;

        public override bool IsColumnActive(DataViewSchema.Column column) => _outputs.IsActive(column);

        public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column) => _outputs.GetGetter<TValue>(column);

        public override ValueGetter<DataViewRowId> GetIdGetter() => _input.GetIdGetter();

        protected override void Dispose(bool disposing)
        {
            if (disposing && !_disposed)
            {
                _disposed = true;
                _input.Dispose();
                _engine.Dispose();
            }

            base.Dispose(disposing);
        }
    }
}
