using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace Microsoft.ML;

/// <summary>Runs a model on one object at a time. Not for use by several threads.</summary>
public abstract class PredictionEngineBase<TSrc, TDst> : IDisposable
    where TSrc : class
    where TDst : class, new()
{
    private readonly ITransformer _transformer;
    private readonly ObjectRow<TSrc> _input;
    private readonly Action<TDst> _fill;
    private bool _disposed;

    private protected PredictionEngineBase(
        IHostEnvironment env,
        ITransformer transformer,
        bool ignoreMissingColumns,
        SchemaDefinition inputSchemaDefinition,
        SchemaDefinition outputSchemaDefinition)
    {
        Contracts.CheckValue(env, nameof(env));
        env.CheckValue(transformer, nameof(transformer));
        env.CheckParam(transformer.IsRowToRowMapper, nameof(transformer), "Must be a row to row mapper");

        _transformer = transformer;
        _input = new ObjectRow<TSrc>(env, inputSchemaDefinition);
        IRowToRowMapper mapper = transformer.GetRowToRowMapper(_input.Schema);
        var filler = new RowFiller<TDst>(env, mapper.OutputSchema, ignoreMissingColumns, outputSchemaDefinition);
        _fill = filler.Bind(mapper.GetRow(_input, mapper.OutputSchema));
        OutputSchema = transformer.GetOutputSchema(_input.Schema);
    }

    public DataViewSchema OutputSchema { get; }

    public TDst Predict(TSrc example)
    {
        var result = new TDst();
        Predict(example, ref result);
        return result;
    }

    public abstract void Predict(TSrc example, ref TDst prediction);

    /// <summary>Disposes the model too: the engine owns it.</summary>
    public void Dispose()
    {
        if (_disposed)
            return;
        _input.Dispose();
        (_transformer as IDisposable)?.Dispose();
        _disposed = true;
        GC.SuppressFinalize(this);
    }

    private protected void ExtractValues(TSrc example) => _input.MoveTo(example);

    private protected void FillValues(TDst prediction) => _fill(prediction);
}
