using System.Runtime.InteropServices;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace MlNetNtd;

/// <summary>Reads the column whose equal values say that rows belong together, as 64 bits for each.</summary>
/// <remarks>
/// As in ML.NET's splits, text counts without the spaces around it, and 0 and -0 are one. A row that has no value there (empty
/// text, NaN, the missing key) is an error: nobody knows which group it belongs to.
/// </remarks>
internal static class SamplingKey
{
    private delegate Func<long?> Binder(DataViewRow row, DataViewSchema.Column column);

    // By the type of the values.
    private static readonly Dictionary<Type, Binder> Binders = new()
    {
        [typeof(ReadOnlyMemory<char>)] = Bind<ReadOnlyMemory<char>>(OfText),
        [typeof(bool)] = Bind<bool>(value => value ? 1 : 0),
        [typeof(sbyte)] = Bind<sbyte>(value => value),
        [typeof(short)] = Bind<short>(value => value),
        [typeof(int)] = Bind<int>(value => value),
        [typeof(long)] = Bind<long>(value => value),
        [typeof(byte)] = Bind<byte>(value => value),
        [typeof(ushort)] = Bind<ushort>(value => value),
        [typeof(uint)] = Bind<uint>(value => value),
        [typeof(ulong)] = Bind<ulong>(value => (long)value),
        [typeof(float)] = Bind<float>(value => OfNumber(value)),
        [typeof(double)] = Bind<double>(OfNumber),
        [typeof(DateTime)] = Bind<DateTime>(value => value.Ticks),
        [typeof(DateTimeOffset)] = Bind<DateTimeOffset>(value => value.UtcTicks),
        [typeof(TimeSpan)] = Bind<TimeSpan>(value => value.Ticks),
        [typeof(DataViewRowId)] = Bind<DataViewRowId>(value => (long)RowHash.Combine(value.Low, value.High)),
    };

    /// <summary>Whether values of a type can say which rows belong together.</summary>
    public static bool IsKey(DataViewType type) => type is PrimitiveDataViewType && Binders.ContainsKey(type.RawType);

    /// <summary>Reads the current row's, again and again.</summary>
    /// <param name="context">Marks errors.</param>
    /// <param name="row">The row.</param>
    /// <param name="column">Of a type that <see cref="IsKey"/>.</param>
    /// <returns>What throws <see cref="InvalidOperationException"/> where the row has none.</returns>
    public static Func<long> Reader(IExceptionContext context, DataViewRow row, DataViewSchema.Column column)
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

    private static long? OfText(ReadOnlyMemory<char> text) =>
        text.Span.Trim(' ') is { IsEmpty: false } trimmed ? (long)RowHash.Hash(MemoryMarshal.AsBytes(trimmed)) : null;

    private static long? OfNumber(double value) =>
        double.IsNaN(value) ? null : BitConverter.DoubleToInt64Bits(value == 0 ? 0 : value);
}
