using System.Runtime.InteropServices;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace MlNetNtd;

/// <summary>Reads the sampling key column as 64-bit values. Rows with equal values belong together.</summary>
/// <remarks>
/// As in ML.NET's splits, spaces around text are ignored, and 0 equals -0. A row without a value (empty text, NaN, the missing key) is an
/// error, because its group is unknown.
/// </remarks>
internal static class SamplingKey
{
    private delegate Func<long?> Binder(DataViewRow row, DataViewSchema.Column column);

    // The supported types of values.
    private static readonly Dictionary<Type, Binder> Binders = new()
    {
        [typeof(ReadOnlyMemory<char>)] = Bind<ReadOnlyMemory<char>>(HashText),
        [typeof(bool)] = Bind<bool>(value => value ? 1 : 0),
        [typeof(sbyte)] = Bind<sbyte>(value => value),
        [typeof(short)] = Bind<short>(value => value),
        [typeof(int)] = Bind<int>(value => value),
        [typeof(long)] = Bind<long>(value => value),
        [typeof(byte)] = Bind<byte>(value => value),
        [typeof(ushort)] = Bind<ushort>(value => value),
        [typeof(uint)] = Bind<uint>(value => value),
        [typeof(ulong)] = Bind<ulong>(value => (long)value),
        [typeof(float)] = Bind<float>(value => ToBits(value)),
        [typeof(double)] = Bind<double>(ToBits),
        [typeof(DateTime)] = Bind<DateTime>(value => value.Ticks),
        [typeof(DateTimeOffset)] = Bind<DateTimeOffset>(value => value.UtcTicks),
        [typeof(TimeSpan)] = Bind<TimeSpan>(value => value.Ticks),
        [typeof(DataViewRowId)] = Bind<DataViewRowId>(value => (long)RowHash.Combine(value.Low, value.High)),
    };

    /// <summary>Returns whether a column of this type can be the sampling key.</summary>
    public static bool IsKey(DataViewType type) => type is PrimitiveDataViewType && Binders.ContainsKey(type.RawType);

    /// <summary>Creates a function that reads the key of the current row.</summary>
    /// <param name="context">Marks errors.</param>
    /// <param name="row">The row of a cursor.</param>
    /// <param name="column">The column, of a type that <see cref="IsKey"/> accepts.</param>
    /// <returns>The function. It throws <see cref="InvalidOperationException"/> if the row has no value.</returns>
    public static Func<long> CreateReader(IExceptionContext context, DataViewRow row, DataViewSchema.Column column)
    {
        var read = Binders[column.Type.RawType](row, row.Schema[column.Index]);
        var isKey = column.Type is KeyDataViewType;
        return () => read() is { } key && !(isKey && key == 0)
            ? key
            : throw context.Row(column.Name, row.Position, "a value that says which rows belong together (SamplingKeyColumnName)", "none");
    }

    private static Binder Bind<T>(Func<T, long?> key) => (row, column) =>
    {
        var getter = row.GetGetter<T>(column);
        var value = default(T)!;
        return () =>
        {
            getter(ref value);
            return key(value);
        };
    };

    private static long? HashText(ReadOnlyMemory<char> text) =>
        text.Span.Trim(' ') is { IsEmpty: false } trimmed ? (long)RowHash.Hash(MemoryMarshal.AsBytes(trimmed)) : null;

    private static long? ToBits(double value) =>
        double.IsNaN(value) ? null : BitConverter.DoubleToInt64Bits(value == 0 ? 0 : value);
}
