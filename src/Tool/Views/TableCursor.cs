using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetNtd.Tool;

/// <summary>Reads the rows of a table for ML.NET.</summary>
internal sealed class TableCursor : DataViewRowCursor
{
    private readonly IEnumerator<TableBatch> _batches;
    private readonly string[] _fields;
    private readonly ColumnReader?[] _readers;
    private TableBatch? _batch;
    private int _row;
    private long _position = -1;
    private bool _disposed;

    /// <summary>Initializes the cursor before the first row.</summary>
    /// <param name="source">The table.</param>
    /// <param name="schema">The columns of the view.</param>
    /// <param name="fields">The table's name of each column of the view.</param>
    /// <param name="active">Whether each column of the view is read.</param>
    public TableCursor(TableSource source, DataViewSchema schema, string[] fields, bool[] active)
    {
        (Schema, _fields) = (schema, fields);
        _batches = source.Read().GetEnumerator();
        _readers = [.. fields.Select((field, i) => active[i] ? ColumnTypes.CreateReader(source.Schema.GetFieldByName(field).DataType) : null)];
    }

    public override DataViewSchema Schema { get; }

    public override long Position => _position;

    public override long Batch => 0;

    public override bool IsColumnActive(DataViewSchema.Column column) => _readers[column.Index] is not null;

    public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
    {
        var reader = _readers[column.Index] as ColumnReader<TValue>
            ?? throw new InvalidOperationException($"Column '{column.Name}' is not active, or its values are no {typeof(TValue)}.");
        var field = _fields[column.Index];
        return (ref TValue value) =>
        {
            if (reader.FindNull(_row) is { } missing)
                throw new ToolException($"{_batch!.File}, row {_batch.FirstRow + _row}, column '{field}': expected a value, found {missing}.");
            reader.Read(_row, ref value);
        };
    }

    public override ValueGetter<DataViewRowId> GetIdGetter() => (ref DataViewRowId value) => value = new DataViewRowId((ulong)_position, 0);

    public override bool MoveNext()
    {
        if (_disposed)
            return false;
        _row++;
        while (_batch is null || _row >= _batch.Rows.Length)
        {
            if (!_batches.MoveNext())
            {
                Dispose();
                return false;
            }

            (_batch, _row) = (_batches.Current, 0);
            for (var i = 0; i < _readers.Length; i++)
                _readers[i]?.Bind(_batch.Rows.Column(_fields[i]));
        }

        _position++;
        return true;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing && !_disposed)
        {
            (_disposed, _position) = (true, -1);
            _batches.Dispose();
        }

        base.Dispose(disposing);
    }
}
