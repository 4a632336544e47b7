using System.Runtime.InteropServices;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using static TorchSharp.torch;

namespace MlNetNtd;

/// <summary>Reads a scalar column into a tensor of shape (B).</summary>
internal abstract class ScalarColumn
{
    private delegate ScalarColumn Factory(DataViewRow row, DataViewSchema.Column column, int rows);

    // The types that tensors support.
    private static readonly Dictionary<Type, Factory> Numbers = new()
    {
        [typeof(bool)] = (row, column, rows) => new ScalarColumn<bool, bool>(row, column, rows, ScalarType.Bool, value => value),
        [typeof(sbyte)] = (row, column, rows) => new ScalarColumn<sbyte, sbyte>(row, column, rows, ScalarType.Int8, value => value),
        [typeof(byte)] = (row, column, rows) => new ScalarColumn<byte, byte>(row, column, rows, ScalarType.Byte, value => value),
        [typeof(short)] = (row, column, rows) => new ScalarColumn<short, short>(row, column, rows, ScalarType.Int16, value => value),
        [typeof(int)] = (row, column, rows) => new ScalarColumn<int, int>(row, column, rows, ScalarType.Int32, value => value),
        [typeof(long)] = (row, column, rows) => new ScalarColumn<long, long>(row, column, rows, ScalarType.Int64, value => value),
        [typeof(float)] = (row, column, rows) => new ScalarColumn<float, float>(row, column, rows, ScalarType.Float32, value => value),
        [typeof(double)] = (row, column, rows) => new ScalarColumn<double, double>(row, column, rows, ScalarType.Float64, value => value),
    };

    // ML.NET counts keys from 1, and 0 is a missing key.
    private static readonly Dictionary<Type, Factory> Keys = new()
    {
        [typeof(byte)] = (row, column, rows) => new ScalarColumn<byte, long>(row, column, rows, ScalarType.Int64, key => key - 1L),
        [typeof(ushort)] = (row, column, rows) => new ScalarColumn<ushort, long>(row, column, rows, ScalarType.Int64, key => key - 1L),
        [typeof(uint)] = (row, column, rows) => new ScalarColumn<uint, long>(row, column, rows, ScalarType.Int64, key => key - 1L),
        [typeof(ulong)] = (row, column, rows) => new ScalarColumn<ulong, long>(row, column, rows, ScalarType.Int64, key => (long)key - 1L),
    };

    /// <summary>Finds a column and checks that tensors support its type.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The column is missing or has another type.</exception>
    public static DataViewSchema.Column Find(IExceptionContext context, DataViewSchema schema, string name)
    {
        const string role = "scalar";
        if (schema.GetColumnOrNull(name) is not { } column)
            throw context.MissingColumn(role, name);
        if (!FactoriesOf(column.Type).ContainsKey(column.Type.RawType))
            throw context.SchemaMismatch(role, name, "a single Boolean, key, Byte or signed number", column.Type);
        return column;
    }

    /// <summary>Creates a reader for a column from <see cref="Find"/>.</summary>
    /// <param name="row">The cursor.</param>
    /// <param name="column">The column.</param>
    /// <param name="rows">The largest number of rows in a batch.</param>
    public static ScalarColumn Create(DataViewRow row, DataViewSchema.Column column, int rows) =>
        FactoriesOf(column.Type)[column.Type.RawType](row, column, rows);

    /// <summary>Reads the cursor's current value into a row of the batch.</summary>
    public abstract void Read(int row);

    /// <summary>Creates a CPU tensor of shape (B) from the first rows.</summary>
    public abstract Tensor ToTensor(int rows);

    private static Dictionary<Type, Factory> FactoriesOf(DataViewType type) => type is KeyDataViewType ? Keys : Numbers;
}

/// <inheritdoc/>
internal sealed class ScalarColumn<TValue, TItem> : ScalarColumn
    where TItem : unmanaged
{
    private readonly ValueGetter<TValue> _getter;
    private readonly TItem[] _values;
    private readonly ScalarType _dtype;
    private readonly Func<TValue, TItem> _convert;

    public ScalarColumn(DataViewRow row, DataViewSchema.Column column, int rows, ScalarType dtype, Func<TValue, TItem> convert)
    {
        _getter = row.GetGetter<TValue>(column);
        _values = new TItem[rows];
        _dtype = dtype;
        _convert = convert;
    }

    public override void Read(int row)
    {
        var value = default(TValue)!;
        _getter(ref value);
        _values[row] = _convert(value);
    }

    public override Tensor ToTensor(int rows)
    {
        var tensor = empty([rows], dtype: _dtype, device: CPU);
        MemoryMarshal.AsBytes(_values.AsSpan(0, rows)).CopyTo(tensor.bytes);
        return tensor;
    }
}
