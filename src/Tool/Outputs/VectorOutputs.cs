using Apache.Arrow;
using Apache.Arrow.Types;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetNtd.Tool;

/// <summary>Gathers vectors: list if their size is unknown, else fixed_size_list.</summary>
internal abstract class ListOutput<T> : OutputColumn
{
    private readonly int _size;
    private readonly ValueGetter<VBuffer<T>> _getter;
    private readonly GrowingBuffer<int> _offsets = new();
    private VBuffer<T> _value;
    private int _rows;
    private int _values;

    protected ListOutput(string name, IArrowType item, int size, ValueGetter<VBuffer<T>> getter)
        : base(name, ListOf(item, size)) => (_size, _getter) = (size, getter);

    public override int PendingValues => _values;

    public override void Append()
    {
        _getter(ref _value);
        if (_rows == 0)
            _offsets.Add(0);
        Append(_value);
        _values += _value.Length;
        _rows++;
        _offsets.Add(_values);
    }

    public override IArrowArray Take()
    {
        if (_rows == 0)
            _offsets.Add(0);
        var (rows, values, offsets) = (_rows, TakeValues(_values), _offsets.Take());
        (_rows, _values) = (0, 0);
        return _size > 0
            ? new FixedSizeListArray(new ArrayData(Field.DataType, rows, 0, 0, [ArrowBuffer.Empty], [values.Data]))
            : new ListArray(Field.DataType, rows, offsets, values, ArrowBuffer.Empty, 0, 0);
    }

    /// <summary>Adds the values of a vector.</summary>
    protected abstract void Append(VBuffer<T> vector);

    /// <summary>Returns the values of all vectors.</summary>
    protected abstract IArrowArray TakeValues(int count);

    private static NestedType ListOf(IArrowType item, int size)
    {
        var field = new Field("item", item, nullable: false);
        return size > 0 ? new FixedSizeListType(field, size) : new ListType(field);
    }
}

/// <summary>Gathers vectors of numbers.</summary>
internal sealed class VectorOutput<T>(string name, IArrowType item, int size, ValueGetter<VBuffer<T>> getter) : ListOutput<T>(name, item, size, getter)
    where T : unmanaged
{
    private readonly GrowingBuffer<T> _values = new();

    protected override void Append(VBuffer<T> vector) => vector.CopyTo(_values.Extend(vector.Length));

    protected override IArrowArray TakeValues(int count) =>
        ArrowArrayFactory.BuildArray(new ArrayData(((NestedType)Field.DataType).Fields[0].DataType, count, 0, 0, [ArrowBuffer.Empty, _values.Take()]));
}

/// <summary>Gathers vectors of Booleans.</summary>
internal sealed class BooleanVectorOutput(string name, int size, ValueGetter<VBuffer<bool>> getter) : ListOutput<bool>(name, BooleanType.Default, size, getter)
{
    private readonly BitBuffer _values = new();

    protected override void Append(VBuffer<bool> vector)
    {
        foreach (var value in vector.DenseValues())
            _values.Add(value);
    }

    protected override IArrowArray TakeValues(int count) => new BooleanArray(_values.Take(), ArrowBuffer.Empty, count, 0, 0);
}
