using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetNtd.Benchmarks;

/// <summary>Reads the combined column and the mask column, if there is one, of every row of a cursor.</summary>
internal sealed class CursorDrain : Implementation
{
    private readonly DataViewRowCursor _cursor;
    private readonly ValueGetter<VBuffer<float>> _combinedGetter;
    private readonly ValueGetter<VBuffer<bool>>? _maskGetter;
    private readonly Outputs _outputs;

    /// <summary>Creates a reader of a view with one cursor.</summary>
    public CursorDrain(string name, IDataView view, Outputs outputs, int stride = 1)
        : this(name, view.GetRowCursor(Columns(view.Schema)), outputs, stride)
    {
    }

    /// <summary>Creates a reader of a cursor, which may be one of a set.</summary>
    public CursorDrain(string name, DataViewRowCursor cursor, Outputs outputs, int stride = 1)
        : base(name)
    {
        var schema = cursor.Schema;
        _cursor = cursor;
        _combinedGetter = cursor.GetGetter<VBuffer<float>>(schema[NextTokenDiscriminatorEstimator.Defaults.OutputColumnName]);
        if (schema.GetColumnOrNull(NextTokenDiscriminatorEstimator.Defaults.MaskColumnName) is { } mask)
            _maskGetter = cursor.GetGetter<VBuffer<bool>>(mask);
        _outputs = outputs;
        Stride = stride;
    }

    public override int Stride { get; }

    /// <summary>Creates readers of all cursors of a set, which run in parallel, each with output buffers of its own.</summary>
    public static ParallelReaders Set(string name, IDataView view, int cursors, Func<Outputs> createOutputs)
    {
        var set = view.GetRowCursorSet(Columns(view.Schema), cursors);
        return set.Length == cursors
            ? new ParallelReaders(name, set, cursor => new CursorDrain(name, cursor, createOutputs()))
            : throw new InvalidOperationException($"Expected {cursors} cursors, found {set.Length}.");
    }

    /// <summary>Gets the output columns of a view.</summary>
    public static IEnumerable<DataViewSchema.Column> Columns(DataViewSchema schema) => schema.Where(column =>
        column.Name is NextTokenDiscriminatorEstimator.Defaults.OutputColumnName or NextTokenDiscriminatorEstimator.Defaults.MaskColumnName);

    public override void Run(int rows)
    {
        for (var row = 0; row < rows && _cursor.MoveNext(); row++)
        {
            _combinedGetter(ref _outputs.Combined);
            _maskGetter?.Invoke(ref _outputs.Mask);
        }
    }

    public override void Dispose() => _cursor.Dispose();
}
