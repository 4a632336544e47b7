using Apache.Arrow;
using Microsoft.ML.Data;

namespace MlNetNtd.Tool;

/// <summary>Reads lists: where each row's values lie in the array of all values.</summary>
internal abstract class ListReader<T> : ColumnReader<VBuffer<T>>
{
    private IArrowArray? _lists;
    private int _size;

    public override void Bind(IArrowArray array)
    {
        _lists = array;
        _size = array is FixedSizeListArray fixedSize ? ((Apache.Arrow.Types.FixedSizeListType)fixedSize.Data.DataType).ListSize : 0;
        Values = array switch
        {
            ListArray list => list.Values,
            LargeListArray list => list.Values,
            FixedSizeListArray list => list.Values,
            _ => throw new NotSupportedException($"A column of {array.Data.DataType.Name} is no list."),
        };
        BindValues(Values);
    }

    public override string? FindNull(int row)
    {
        if (_lists!.IsNull(row))
            return "null";
        if (Values!.NullCount == 0)
            return null;
        var (start, length) = Locate(row);
        for (var i = 0; i < length; i++)
        {
            if (Values.IsNull(start + i))
                return $"null at value {i}";
        }

        return null;
    }

    public override void Read(int row, ref VBuffer<T> value)
    {
        var (start, length) = Locate(row);
        var editor = VBufferEditor.Create(ref value, length);
        Copy(start, editor.Values);
        value = editor.Commit();
    }

    /// <summary>Gets the values of all rows of the record batch.</summary>
    protected IArrowArray? Values { get; private set; }

    /// <summary>Sets the array of the values.</summary>
    protected abstract void BindValues(IArrowArray values);

    /// <summary>Copies values, beginning at an index.</summary>
    protected abstract void Copy(int start, Span<T> destination);

    private (int Start, int Length) Locate(int row) => _lists switch
    {
        ListArray list => (list.ValueOffsets[row], list.GetValueLength(row)),
        LargeListArray list => (checked((int)list.ValueOffsets[row]), checked((int)list.GetValueLength(row))),
        var array => ((array!.Offset + row) * _size, _size),
    };
}

/// <summary>Reads lists of numbers.</summary>
internal sealed class VectorReader<T> : ListReader<T>
    where T : unmanaged, IEquatable<T>
{
    private PrimitiveArray<T>? _values;

    protected override void BindValues(IArrowArray values) => _values = (PrimitiveArray<T>)values;

    protected override void Copy(int start, Span<T> destination) => _values!.Values.Slice(start, destination.Length).CopyTo(destination);
}

/// <summary>Reads lists of Booleans.</summary>
internal sealed class BooleanVectorReader : ListReader<bool>
{
    private BooleanArray? _values;

    protected override void BindValues(IArrowArray values) => _values = (BooleanArray)values;

    protected override void Copy(int start, Span<bool> destination)
    {
        for (var i = 0; i < destination.Length; i++)
            destination[i] = _values!.GetValue(start + i) ?? false;
    }
}
