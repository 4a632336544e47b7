using Apache.Arrow;
using Apache.Arrow.Types;
using Microsoft.ML;

namespace MlNetNtd.Tool;

/// <summary>Gathers numbers.</summary>
internal sealed class ScalarOutput<T>(string name, IArrowType type, ValueGetter<T> getter) : OutputColumn(name, type)
    where T : unmanaged
{
    private readonly GrowingBuffer<T> _values = new();

    public override int PendingValues => _values.Count;

    public override void Append()
    {
        T value = default;
        getter(ref value);
        _values.Add(value);
    }

    public override IArrowArray Take()
    {
        var count = _values.Count;
        return ArrowArrayFactory.BuildArray(new ArrayData(Field.DataType, count, 0, 0, [ArrowBuffer.Empty, _values.Take()]));
    }
}

/// <summary>Gathers Booleans.</summary>
internal sealed class BooleanOutput(string name, ValueGetter<bool> getter) : OutputColumn(name, BooleanType.Default)
{
    private readonly BitBuffer _values = new();

    public override int PendingValues => _values.Count;

    public override void Append()
    {
        var value = false;
        getter(ref value);
        _values.Add(value);
    }

    public override IArrowArray Take()
    {
        var count = _values.Count;
        return new BooleanArray(_values.Take(), ArrowBuffer.Empty, count, 0, 0);
    }
}

/// <summary>Gathers text.</summary>
internal sealed class TextOutput(string name, ValueGetter<ReadOnlyMemory<char>> getter) : OutputColumn(name, StringType.Default)
{
    private StringArray.Builder _values = new();

    public override int PendingValues => _values.Length;

    public override void Append()
    {
        ReadOnlyMemory<char> value = default;
        getter(ref value);
        _values.Append(value.Span.ToString());
    }

    public override IArrowArray Take()
    {
        var values = _values.Build();
        _values = new StringArray.Builder();
        return values;
    }
}
