using System.Globalization;
using Apache.Arrow;
using Apache.Arrow.Types;

namespace MlNetNtd.Tool.Tests;

/// <summary>A table read whole, each value as text, so that tables of all formats can be compared.</summary>
/// <param name="Columns">Names and types.</param>
/// <param name="Metadata">The metadata.</param>
/// <param name="Rows">The values by column.</param>
internal sealed record ReadTable(IReadOnlyList<(string Name, string Type)> Columns, IReadOnlyDictionary<string, string> Metadata, IReadOnlyDictionary<string, List<string>> Rows)
{
    /// <summary>Gets the number of rows.</summary>
    public int Count => Rows.Values.First().Count;

    /// <summary>Gets the names of the columns.</summary>
    public string[] Names => [.. Columns.Select(column => column.Name)];

    public List<string> this[string column] => Rows[column];

    /// <summary>Gets a column of numbers.</summary>
    public float[] Numbers(string column) => [.. this[column].Select(Parse)];

    /// <summary>Gets a column of lists of numbers.</summary>
    public float[][] Lists(string column) =>
        [.. this[column].Select(text => text.Trim('[', ']').Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(Parse).ToArray())];

    /// <summary>Reads a table.</summary>
    public static ReadTable From(ITableReader reader)
    {
        var fields = reader.Schema.FieldsList;
        var rows = fields.ToDictionary(field => field.Name, _ => new List<string>());
        while (reader.Read() is { } batch)
        {
            using var disposed = batch;
            for (var i = 0; i < fields.Count; i++)
            {
                for (var row = 0; row < batch.Length; row++)
                    rows[fields[i].Name].Add(Text(batch.Column(i), row));
            }
        }

        return new ReadTable(
            [.. fields.Select(field => (field.Name, ColumnTypes.Name(field.DataType)))],
            new Dictionary<string, string>(reader.Schema.Metadata ?? new Dictionary<string, string>()), rows);
    }

    private static float Parse(string text) => float.Parse(text, CultureInfo.InvariantCulture);

    private static string Text(IArrowArray array, int row) => array.IsNull(row) ? "null" : array switch
    {
        FloatArray values => values.Values[row].ToString("R", CultureInfo.InvariantCulture),
        DoubleArray values => values.Values[row].ToString("R", CultureInfo.InvariantCulture),
        Int32Array values => values.Values[row].ToString(CultureInfo.InvariantCulture),
        Int64Array values => values.Values[row].ToString(CultureInfo.InvariantCulture),
        BooleanArray values => values.GetValue(row)!.Value ? "1" : "0",
        StringArray values => values.GetString(row),
        TimestampArray values => values.GetTimestamp(row)!.Value.ToString("O", CultureInfo.InvariantCulture),
        ListArray lists => Text(lists.Values, lists.ValueOffsets[row], lists.GetValueLength(row)),
        FixedSizeListArray lists => Text(lists.Values, (lists.Offset + row) * ((FixedSizeListType)lists.Data.DataType).ListSize, ((FixedSizeListType)lists.Data.DataType).ListSize),
        StructArray values => $"{{{string.Join(' ', values.Fields.Select(field => Text(field, row)))}}}",
        _ => throw new NotSupportedException(array.Data.DataType.Name),
    };

    private static string Text(IArrowArray values, int start, int length) =>
        $"[{string.Join(' ', Enumerable.Range(start, length).Select(i => Text(values, i)))}]";
}
