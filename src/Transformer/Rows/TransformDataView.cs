using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace MlNetNtd;

/// <summary>A view that appends the transform's columns to an input view.</summary>
internal sealed class TransformDataView(
    IHostEnvironment env, NextTokenDiscriminatorTransformer transformer, IDataView input, BoundTransformSchema schema, EngineChoice choice)
    : AppendingDataView(env, schema, input)
{
    protected override DataViewRowCursor Append(DataViewRowCursor cursor, ActiveColumns active)
    {
        var engines = new List<ICombineEngine>();
        try
        {
            engines.Add(CreateEngine(active));
            if (engines[0] is not IBlockEngine { BlockRows: > 1 } first)
                return new RowByRowCursor(cursor, new CombinedRowGetters(env, schema, cursor, active, engines[0]));
            if (!first.IsAsynchronous)
                return new BlockCursor(env, schema, cursor, active, [first]);
            engines.Add(CreateEngine(active));
            return new BlockCursor(env, schema, cursor, active, [.. engines.Cast<IBlockEngine>()]);
        }
        catch
        {
            engines.ForEach(engine => engine.Dispose());
            cursor.Dispose();
            throw;
        }
    }

    // Every setting of the transform has an ONNX form.
    protected override string? FindOnnxProblem() => null;

    protected override void WriteOnnx(MLNetOnnxGraph graph) => TransformOnnx.Write(graph, schema);

    // Only the combined column needs an engine. The mask and the token count need no look-ahead.
    private ICombineEngine CreateEngine(ActiveColumns active) =>
        transformer.CreateEngine(choice, active[schema.CombinedIndex] ? null : 1, schema.Known);
}
