using Apache.Arrow;

namespace MlNetNtd.Tool;

/// <summary>Reads the values of a column, row by row, from one record batch after another.</summary>
internal abstract class ColumnReader
{
    /// <summary>Sets the array of the current record batch.</summary>
    public abstract void Bind(IArrowArray array);

    /// <summary>Returns a description of what is missing in a row; null if nothing is.</summary>
    /// <param name="row">The row's index in the record batch.</param>
    public abstract string? FindNull(int row);
}

/// <inheritdoc/>
/// <typeparam name="T">The type of the values that ML.NET gets.</typeparam>
internal abstract class ColumnReader<T> : ColumnReader
{
    /// <summary>Copies the value of a row.</summary>
    /// <param name="row">The row's index in the record batch.</param>
    /// <param name="value">The destination.</param>
    public abstract void Read(int row, ref T value);
}

/// <summary>Reads numbers.</summary>
internal sealed class ScalarReader<T> : ColumnReader<T>
    where T : unmanaged, IEquatable<T>
{
    private PrimitiveArray<T>? _array;

    public override void Bind(IArrowArray array) => _array = (PrimitiveArray<T>)array;

    public override string? FindNull(int row) => _array!.IsNull(row) ? "null" : null;

    public override void Read(int row, ref T value) => value = _array!.Values[row];
}

/// <summary>Reads Booleans.</summary>
internal sealed class BooleanReader : ColumnReader<bool>
{
    private BooleanArray? _array;

    public override void Bind(IArrowArray array) => _array = (BooleanArray)array;

    public override string? FindNull(int row) => _array!.IsNull(row) ? "null" : null;

    public override void Read(int row, ref bool value) => value = _array!.GetValue(row) ?? false;
}

/// <summary>Reads text.</summary>
internal sealed class TextReader : ColumnReader<ReadOnlyMemory<char>>
{
    private StringArray? _array;

    public override void Bind(IArrowArray array) => _array = (StringArray)array;

    public override string? FindNull(int row) => _array!.IsNull(row) ? "null" : null;

    public override void Read(int row, ref ReadOnlyMemory<char> value) => value = _array!.GetString(row).AsMemory();
}
