using System.Reflection;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetNtd.Tests;

/// <summary>Reads views to the end and keeps copies of their rows.</summary>
internal static class ViewReader
{
    private static readonly MethodInfo ScalarReaderMethod =
        typeof(ViewReader).GetMethod(nameof(ScalarReader), BindingFlags.NonPublic | BindingFlags.Static)!;

    private static readonly MethodInfo VectorReaderMethod =
        typeof(ViewReader).GetMethod(nameof(VectorReader), BindingFlags.NonPublic | BindingFlags.Static)!;

    /// <summary>The values of a column of single values.</summary>
    public static List<T> Scalars<T>(IDataView view, string column) => [.. Rows(view, column).Select(row => (T)row[column])];

    /// <summary>The values of a column of vectors, each made dense.</summary>
    public static List<T[]> Vectors<T>(IDataView view, string column) => [.. Rows(view, column).Select(row => (T[])row[column])];

    /// <summary>All rows, with the columns named, or with all visible columns where none is.</summary>
    public static List<RowCopy> Rows(IDataView view, params string[] columns)
    {
        var needed = Columns(view.Schema, columns);
        using var cursor = view.GetRowCursor(needed);
        return Rows(cursor, needed);
    }

    /// <summary>What a cursor has left.</summary>
    public static List<RowCopy> Rows(DataViewRowCursor cursor, IReadOnlyList<DataViewSchema.Column> columns)
    {
        var rows = new List<RowCopy>();
        Into(rows, cursor, columns);
        return rows;
    }

    /// <summary>What a cursor has left, the rows before an error included.</summary>
    public static void Into(List<RowCopy> rows, DataViewRowCursor cursor, IReadOnlyList<DataViewSchema.Column> columns)
    {
        var readers = columns.Select(column => (column.Name, Read: Reader(cursor, column))).ToArray();
        var idGetter = cursor.GetIdGetter();
        while (cursor.MoveNext())
        {
            var id = default(DataViewRowId);
            idGetter(ref id);
            rows.Add(new RowCopy(cursor.Position, cursor.Batch, id, readers.ToDictionary(reader => reader.Name, reader => reader.Read())));
        }
    }

    /// <summary>The visible columns of these names; all visible columns where none is named.</summary>
    public static DataViewSchema.Column[] Columns(DataViewSchema schema, params string[] names) => names.Length == 0
        ? [.. schema.Where(column => !column.IsHidden)]
        : [.. names.Select(name => schema[name])];

    /// <summary>Reads a column's value of whatever row is current: a value, or an array for a vector.</summary>
    public static Func<object> Reader(DataViewRow row, DataViewSchema.Column column)
    {
        var (method, type) = column.Type is VectorDataViewType vector
            ? (VectorReaderMethod, vector.ItemType.RawType)
            : (ScalarReaderMethod, column.Type.RawType);
        return (Func<object>)method.MakeGenericMethod(type).Invoke(null, [row, column])!;
    }

    private static Func<object> ScalarReader<T>(DataViewRow row, DataViewSchema.Column column)
    {
        var getter = row.GetGetter<T>(column);
        return () =>
        {
            var value = default(T)!;
            getter(ref value);
            // Text is kept as a string: two copies of one text are not equal memory.
            return value is ReadOnlyMemory<char> text ? text.ToString() : value!;
        };
    }

    private static Func<object> VectorReader<T>(DataViewRow row, DataViewSchema.Column column)
    {
        var getter = row.GetGetter<VBuffer<T>>(column);
        // One buffer for all rows, as consumers do, so that stale values would show.
        var buffer = default(VBuffer<T>);
        return () =>
        {
            getter(ref buffer);
            return typeof(T) == typeof(ReadOnlyMemory<char>)
                ? buffer.DenseValues().Select(item => item!.ToString()!).ToArray()
                : buffer.DenseValues().ToArray();
        };
    }
}

/// <summary>A copy of one row.</summary>
internal sealed record RowCopy(long Position, long Batch, DataViewRowId Id, Dictionary<string, object> Values)
{
    public object this[string column] => Values[column];
}
