using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace MlNetNtd;

/// <summary>The input with the stage's columns behind it. Nothing is computed before a cursor asks.</summary>
internal sealed class StageDataView : IDataView
{
    private readonly IHostEnvironment _env;
    private readonly NextTokenDiscriminatorTransformer _transformer;
    private readonly IDataView _input;
    private readonly StageSchema _schema;
    private readonly EngineChoice _engine;

    public StageDataView(
        IHostEnvironment env, NextTokenDiscriminatorTransformer transformer, IDataView input, StageSchema schema, EngineChoice engine)
    {
        _env = env;
        _transformer = transformer;
        _input = input;
        _schema = schema;
        _engine = engine;
    }

    public DataViewSchema Schema => _schema.Output;

    public bool CanShuffle => _input.CanShuffle;

    public long? GetRowCount() => _input.GetRowCount();

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null)
    {
        var active = new ActiveColumns(_schema.Output, columnsNeeded);
        return Wrap(_input.GetRowCursor(_schema.Dependencies(active.Columns), rand), active);
    }

    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null)
    {
        var active = new ActiveColumns(_schema.Output, columnsNeeded);
        var inputs = _input.GetRowCursorSet(_schema.Dependencies(active.Columns), n, rand);
        return Array.ConvertAll(inputs, input => Wrap(input, active));
    }

    private DataViewRowCursor Wrap(DataViewRowCursor input, ActiveColumns active)
    {
        var engines = new List<ICombineEngine>();
        try
        {
            engines.Add(CreateEngine(active));
            if (engines[0] is not IBlockEngine { BlockRows: > 1 } first)
                return new StreamingCursor(input, new CombinedOutputs(_env, _schema, input, active, engines[0]));
            if (!first.RunsAside)
                return new BlockCursor(_env, _schema, input, active, [first]);
            engines.Add(CreateEngine(active));
            return new BlockCursor(_env, _schema, input, active, [.. engines.Cast<IBlockEngine>()]);
        }
        catch
        {
            engines.ForEach(engine => engine.Dispose());
            input.Dispose();
            throw;
        }
    }

    // Only the combined sequence is an engine's work; the mask and the token count are not worth looking ahead for.
    private ICombineEngine CreateEngine(ActiveColumns active) =>
        _transformer.CreateEngine(_engine, active[_schema.CombinedIndex] ? null : 1, _schema.Known);
}
