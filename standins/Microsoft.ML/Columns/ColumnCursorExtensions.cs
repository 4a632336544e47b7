using Microsoft.ML.Runtime;

namespace Microsoft.ML.Data;

/// <summary>Reads one column of a view.</summary>
public static class ColumnCursorExtensions
{
    public static IEnumerable<T> GetColumn<T>(this IDataView data, string columnName)
        => GetColumn<T>(data, data.Schema[columnName]);

    /// <summary>The values of a column as its raw type, or text as strings, or vectors as new dense arrays.</summary>
    public static IEnumerable<T> GetColumn<T>(this IDataView data, DataViewSchema.Column column)
    {
        Contracts.CheckValue(data, nameof(data));
        Contracts.CheckNonEmpty(column.Name, nameof(column));
        DataViewSchema.Column own = data.Schema[column.Index];
        if (own.Name != column.Name || own.Type != column.Type)
        {
            throw Contracts.ExceptParam(nameof(column),
                $"column with name {column.Name}, type {column.Type}, and index {column.Index} cannot be found in {nameof(data)}");
        }

        if (typeof(T) == column.Type.RawType)
            return Values<T, T>(data, own, value => value);
        if (typeof(T) == typeof(string) && own.Type is TextDataViewType)
            return (IEnumerable<T>)Values<ReadOnlyMemory<char>, string>(data, own, text => text.ToString());
        if (typeof(T).IsArray)
        {
            if (own.Type is not VectorDataViewType vector)
            {
                throw Contracts.ExceptParam(nameof(column), $"Cannot load vector type, {column.Type}, specified in "
                    + $"{nameof(column)} to the user-defined type, {typeof(T)}.");
            }

            Type element = typeof(T).GetElementType();
            if (element == vector.ItemType.RawType)
                return Generic.Call<IEnumerable<T>>(element, typeof(ColumnCursorExtensions), nameof(Arrays), data, own);
            if (element == typeof(string) && vector.ItemType is TextDataViewType)
            {
                return (IEnumerable<T>)Values<VBuffer<ReadOnlyMemory<char>>, string[]>(
                    data, own, texts => [.. texts.DenseValues().Select(text => text.ToString())]);
            }
        }

        throw Contracts.ExceptParam(nameof(column),
            $"Cannot map column (name: {column.Name}, type: {column.Type}) in {nameof(data)} to the user-defined type, {typeof(T)}.");
    }

    private static IEnumerable<TItem[]> Arrays<TItem>(IDataView data, DataViewSchema.Column column)
        => Values<VBuffer<TItem>, TItem[]>(data, column, vector =>
        {
            var items = new TItem[vector.Length];
            vector.CopyTo(items);
            return items;
        });

    private static IEnumerable<TResult> Values<TValue, TResult>(
        IDataView data, DataViewSchema.Column column, Func<TValue, TResult> convert)
    {
        using DataViewRowCursor cursor = data.GetRowCursor([column]);
        ValueGetter<TValue> getter = cursor.GetGetter<TValue>(column);
        TValue value = default;
        while (cursor.MoveNext())
        {
            getter(ref value);
            yield return convert(value);
        }
    }
}
