using System.Reflection;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetNtd;

/// <summary>Buffers the values of one passed-through column for the rows of a block, because the input moves ahead.</summary>
internal abstract class ColumnBuffer
{
    private static readonly MethodInfo CreateTypedMethod =
        typeof(ColumnBuffer).GetMethod(nameof(CreateTyped), BindingFlags.NonPublic | BindingFlags.Static)!;

    private static readonly MethodInfo CreateVectorsMethod =
        typeof(ColumnBuffer).GetMethod(nameof(CreateVectors), BindingFlags.NonPublic | BindingFlags.Static)!;

    /// <summary>Creates a buffer for a column of any type.</summary>
    public static ColumnBuffer Create(DataViewRow input, DataViewSchema.Column column, int rows)
    {
        var (method, type) = column.Type is VectorDataViewType vector
            ? (CreateVectorsMethod, vector.ItemType.RawType)
            : (CreateTypedMethod, column.Type.RawType);
        // The input's own exception reaches the caller, not a TargetInvocationException.
        return (ColumnBuffer)method.MakeGenericMethod(type).Invoke(null, BindingFlags.DoNotWrapExceptions, binder: null, [input, column, rows], culture: null)!;
    }

    /// <summary>Reads the input's current value into a row of the buffer.</summary>
    public abstract void Read(int row);

    /// <summary>Creates a getter that copies the value of the current row.</summary>
    /// <param name="current">Gets the current row's index in the buffer.</param>
    public abstract Delegate CreateGetter(Func<int> current);

    private static ColumnBuffer<T> CreateTyped<T>(DataViewRow input, DataViewSchema.Column column, int rows) =>
        new(input.GetGetter<T>(column), rows);

    private static VectorBuffer<T> CreateVectors<T>(DataViewRow input, DataViewSchema.Column column, int rows) =>
        new(input.GetGetter<VBuffer<T>>(column), rows);
}

/// <summary>A buffer of scalars, which assignment copies.</summary>
internal class ColumnBuffer<T> : ColumnBuffer
{
    private readonly ValueGetter<T> _getter;
    private readonly T[] _values;

    public ColumnBuffer(ValueGetter<T> getter, int rows)
    {
        _getter = getter;
        _values = new T[rows];
    }

    public ref readonly T this[int row] => ref _values[row];

    public override void Read(int row) => _getter(ref _values[row]);

    public override Delegate CreateGetter(Func<int> current) => (ValueGetter<T>)((ref T value) => value = this[current()]);
}

/// <summary>A buffer of vectors. Its getter copies them, because the caller may write into the vector that it gets.</summary>
internal sealed class VectorBuffer<T> : ColumnBuffer<VBuffer<T>>
{
    public VectorBuffer(ValueGetter<VBuffer<T>> getter, int rows)
        : base(getter, rows)
    {
    }

    public override Delegate CreateGetter(Func<int> current) =>
        (ValueGetter<VBuffer<T>>)((ref VBuffer<T> value) => this[current()].CopyTo(ref value));
}
