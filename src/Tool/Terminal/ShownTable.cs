using System.Globalization;
using Apache.Arrow;
using Apache.Arrow.Types;

namespace MlNetNtd.Tool;

/// <summary>Shows rows on standard output.</summary>
internal sealed class ShownTable(ToolConsole console) : ITableWriter
{
    private const int ShownValues = 8;

    private readonly List<string[]> _rows = [];
    private string[] _columns = [];

    /// <summary>Sets the columns.</summary>
    public ITableWriter Begin(Schema schema)
    {
        _columns = ["row", .. schema.FieldsList.Select(field => field.Name)];
        return this;
    }

    public void Write(RecordBatch batch)
    {
        for (var row = 0; row < batch.Length; row++)
        {
            var current = row;
            _rows.Add([_rows.Count.ToString(CultureInfo.InvariantCulture), .. batch.Arrays.Select(array => Format(array, current))]);
        }
    }

    public void Finish() => TextTable.Write(console, _columns, _rows);

    public void Dispose()
    {
    }

    private static string Format(IArrowArray array, int row)
    {
        if (array.IsNull(row))
            return "null";
        return array switch
        {
            FloatArray numbers => Format(numbers.Values[row]),
            DoubleArray numbers => Format((float)numbers.Values[row]),
            BooleanArray flags => flags.GetValue(row) == true ? "true" : "false",
            StringArray texts => texts.GetString(row),
            Int32Array numbers => numbers.Values[row].ToString(CultureInfo.InvariantCulture),
            Int64Array numbers => numbers.Values[row].ToString(CultureInfo.InvariantCulture),
            ListArray lists => FormatList(lists.Values, lists.ValueOffsets[row], lists.GetValueLength(row)),
            FixedSizeListArray lists when lists.Data.DataType is FixedSizeListType type => FormatList(lists.Values, (lists.Offset + row) * type.ListSize, type.ListSize),
            _ => "...",
        };
    }

    private static string FormatList(IArrowArray values, int start, int length)
    {
        var shown = Enumerable.Range(start, Math.Min(length, ShownValues)).Select(i => Format(values, i));
        return string.Join(' ', shown) + (length > ShownValues ? $" ... ({length})" : "");
    }

    private static string Format(float value) => value.ToString("0.###", CultureInfo.InvariantCulture);
}
