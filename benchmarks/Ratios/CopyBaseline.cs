using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetNtd.Benchmarks;

/// <summary>
/// The lower bound of the cost (the "floor" in tables): reads both input columns, then copies the number of bytes that both outputs
/// have, once, on one thread.
/// </summary>
internal sealed class CopyBaseline : Implementation
{
    private readonly DataViewRowCursor _cursor;
    private readonly ValueGetter<VBuffer<float>> _previousGetter;
    private readonly ValueGetter<VBuffer<float>> _currentGetter;
    private readonly bool[] _mask;
    private readonly Outputs _outputs;
    private VBuffer<float> _previous;
    private VBuffer<float> _current;

    public CopyBaseline(string name, IDataView input, Shape shape, Outputs outputs)
        : this(name, input.GetRowCursor(input.Schema), shape, outputs)
    {
    }

    /// <summary>Creates the baseline of a cursor, which may be one of a set.</summary>
    public CopyBaseline(string name, DataViewRowCursor cursor, Shape shape, Outputs outputs)
        : base(name)
    {
        _cursor = cursor;
        _previousGetter = cursor.GetGetter<VBuffer<float>>(cursor.Schema[0]);
        _currentGetter = cursor.GetGetter<VBuffer<float>>(cursor.Schema[1]);
        _mask = new bool[NextTokenMask.Count(shape.Tokens)];
        _outputs = outputs;
        NextTokenMask.Fill(_mask, shape.Tokens, shape.Tokens);
    }

    public override void Run(int rows)
    {
        for (var row = 0; row < rows && _cursor.MoveNext(); row++)
        {
            _previousGetter(ref _previous);
            _currentGetter(ref _current);

            var combined = VBufferEditor.Create(ref _outputs.Combined, _previous.Length + _current.Length);
            _previous.GetValues().CopyTo(combined.Values);
            _current.GetValues().CopyTo(combined.Values[_previous.Length..]);
            _outputs.Combined = combined.Commit();

            var mask = VBufferEditor.Create(ref _outputs.Mask, _mask.Length);
            _mask.CopyTo(mask.Values);
            _outputs.Mask = mask.Commit();
        }
    }

    public override void Dispose() => _cursor.Dispose();
}
