using Microsoft.ML.Runtime;

namespace Microsoft.ML.Data;

/// <summary>Walks over row objects.</summary>
internal sealed class ObjectCursor<TRow> : RootCursor
    where TRow : class
{
    private readonly IHost _host;
    private readonly IEnumerator<TRow> _rows;
    private readonly Delegate[] _getters;
    private TRow _current;

    public ObjectCursor(
        IHost host, IEnumerable<TRow> rows, DataViewSchema schema, RowMember[] members, Delegate[] accessors, bool[] active)
        : base(host)
    {
        _host = host;
        Schema = schema;
        _getters = [.. members.Select((member, i) =>
            active[i] ? ObjectReader.Getter<TRow>(member, accessors[i], () => _current) : null)];
        _rows = rows.GetEnumerator();
    }

    public override long Batch => 0;

    public override DataViewSchema Schema { get; }

    public override ValueGetter<DataViewRowId> GetIdGetter() => (ref DataViewRowId id) =>
    {
        CheckAtRow();
        id = new DataViewRowId((ulong)Position, 0);
    };

    public override bool IsColumnActive(DataViewSchema.Column column)
    {
        if (column.Index >= _getters.Length)
            throw _host.Except("Column index must be between 0 and {0}", _getters.Length);
        return _getters[column.Index] is not null;
    }

    public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
    {
        _host.CheckParam(IsColumnActive(column), nameof(column), "requested column not active");
        return Getters.Typed<TValue>(_host, _getters[column.Index], $" in GetGetter for column #{column}");
    }

    protected override bool MoveNextCore()
    {
        _current = null;
        if (!_rows.MoveNext())
            return false;
        _current = _rows.Current
            ?? throw Context.Except("Encountered null when iterating over data, this is not supported.");
        return true;
    }

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        if (disposing)
            _rows.Dispose();
    }
}
