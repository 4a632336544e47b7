using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetNtd.ProcessHosts;

/// <summary>Two sequences, with the names and types that ML.NET needs.</summary>
public sealed class HostRow
{
    public float[] PreviousEmbeddings { get; set; } = [];

    public float[] CurrentEmbeddings { get; set; } = [];
}

/// <summary>Rows that two processes make alike, and a number that tells whether they made the same of them.</summary>
internal static class HostRows
{
    /// <summary>Begins every line that the program says itself: libraries write to the console, too.</summary>
    public const string Mark = "fresh process: ";

    private const int Rows = 5;

    /// <summary>A few rows for a model, of the sizes that its input schema asks for.</summary>
    public static IDataView Make(MLContext context, DataViewSchema schema)
    {
        var definition = SchemaDefinition.Create(typeof(HostRow));
        var rows = Enumerable.Range(0, Rows).Select(_ => new HostRow()).ToArray();
        foreach (var column in definition)
        {
            var type = (VectorDataViewType)schema[column.ColumnName].Type;
            column.ColumnType = type;
            var property = typeof(HostRow).GetProperty(column.MemberName)!;
            for (var row = 0; row < Rows; row++)
                property.SetValue(rows[row], Values(row + column.MemberName.Length, type.Size));
        }

        return context.Data.LoadFromEnumerable(rows, definition);
    }

    /// <summary>A hash of every value of every visible column, in order.</summary>
    public static ulong Checksum(IDataView view)
    {
        // FNV-1a, 64 bits.
        var hash = 14695981039346656037UL;
        var columns = view.Schema.Where(column => !column.IsHidden).ToArray();
        using var cursor = view.GetRowCursor(columns);
        var readers = columns.Select(column => Reader(cursor, column)).ToArray();
        while (cursor.MoveNext())
        {
            foreach (var bits in readers.SelectMany(read => read()))
                hash = (hash ^ bits) * 1099511628211UL;
        }

        return hash;
    }

    private static float[] Values(int seed, int count) => [.. Enumerable.Range(0, count).Select(i => ((seed * 31 + i * 7) % 13 - 6) / 8f)];

    private static Func<IEnumerable<uint>> Reader(DataViewRow row, DataViewSchema.Column column) => column.Type switch
    {
        NumberDataViewType when column.Type.RawType == typeof(int) => Single<int>(row, column, value => (uint)value),
        NumberDataViewType when column.Type.RawType == typeof(float) => Single<float>(row, column, BitConverter.SingleToUInt32Bits),
        BooleanDataViewType => Single<bool>(row, column, value => value ? 1u : 0u),
        VectorDataViewType { ItemType: BooleanDataViewType } => Vector<bool>(row, column, value => value ? 1u : 0u),
        VectorDataViewType { ItemType.RawType: var type } when type == typeof(float) => Vector<float>(row, column, BitConverter.SingleToUInt32Bits),
        _ => throw new NotSupportedException($"Column '{column.Name}' is {column.Type}."),
    };

    private static Func<IEnumerable<uint>> Single<T>(DataViewRow row, DataViewSchema.Column column, Func<T, uint> bits)
        where T : struct
    {
        var getter = row.GetGetter<T>(column);
        return () =>
        {
            var value = default(T);
            getter(ref value);
            return [bits(value)];
        };
    }

    private static Func<IEnumerable<uint>> Vector<T>(DataViewRow row, DataViewSchema.Column column, Func<T, uint> bits)
    {
        var getter = row.GetGetter<VBuffer<T>>(column);
        var buffer = default(VBuffer<T>);
        return () =>
        {
            getter(ref buffer);
            return [(uint)buffer.Length, .. buffer.DenseValues().Select(bits)];
        };
    }
}
