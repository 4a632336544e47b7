using Microsoft.ML;

namespace MlNetNtd.Tool;

/// <summary>A table as an ML.NET view. It has the columns whose types ML.NET knows, under the names that the model uses.</summary>
internal sealed class TableDataView : IDataView
{
    private readonly TableSource _source;
    private readonly string[] _fields;

    /// <summary>Initializes the view.</summary>
    /// <param name="source">The table.</param>
    /// <param name="names">The table's name of each column that has another name in the model, by the model's name.</param>
    /// <exception cref="ToolException">A column that is named is missing.</exception>
    public TableDataView(TableSource source, ColumnNames names)
    {
        _source = source;
        string[] found = [.. source.Schema.FieldsList.Select(field => field.Name)];
        if (names.FindMissing(found) is var (model, file))
        {
            throw new ToolException(
                $"{source.Name}: expected column '{file}', which --column {model}={file} names, found {string.Join(", ", found.Select(name => $"'{name}'"))}.");
        }

        var builder = new DataViewSchema.Builder();
        var fields = new List<string>();
        foreach (var field in source.Schema.FieldsList)
        {
            if (ColumnTypes.Find(field.DataType) is not { } type)
                continue;
            builder.AddColumn(names.ToModel(field.Name), type);
            fields.Add(field.Name);
        }

        (Schema, _fields) = (builder.ToSchema(), [.. fields]);
    }

    public bool CanShuffle => false;

    public DataViewSchema Schema { get; }

    public long? GetRowCount() => _source.RowCount;

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null)
    {
        var active = new bool[Schema.Count];
        foreach (var column in columnsNeeded)
            active[column.Index] = true;
        return new TableCursor(_source, Schema, _fields, active);
    }

    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null) =>
        [GetRowCursor(columnsNeeded, rand)];
}
