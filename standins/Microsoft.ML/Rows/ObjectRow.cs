using Microsoft.ML.Runtime;

namespace Microsoft.ML.Data;

/// <summary>A row over one object at a time: what a prediction engine feeds its pipeline with.</summary>
internal sealed class ObjectRow<TRow> : DataViewRow
    where TRow : class
{
    private readonly IHost _host;
    private readonly Delegate[] _getters;
    private TRow _current;
    private long _position = -1;

    public ObjectRow(IHostEnvironment env, SchemaDefinition definition)
    {
        _host = env.Register("Row");
        definition ??= SchemaDefinition.Create(typeof(TRow), SchemaDefinition.Direction.Read);
        RowMember[] members = RowMember.AllOf(typeof(TRow), definition);
        Schema = ObjectRows.SchemaOf(members);
        _getters = [.. members.Select(member => ObjectReader.Getter(member, ObjectReader.Accessor<TRow>(member), Current))];
    }

    public override long Position => _position;

    public override long Batch => 0;

    public override DataViewSchema Schema { get; }

    public void MoveTo(TRow row)
    {
        _host.CheckValue(row, nameof(row));
        _current = row;
        _position++;
    }

    public override ValueGetter<DataViewRowId> GetIdGetter()
        => (ref DataViewRowId id) => id = new DataViewRowId((ulong)_position, 0);

    public override bool IsColumnActive(DataViewSchema.Column column)
    {
        if (column.Index >= _getters.Length)
            throw _host.Except("Column index must be between 0 and {0}", _getters.Length);
        return true;
    }

    public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
    {
        _host.CheckParam(IsColumnActive(column), nameof(column), "requested column not active");
        return Getters.Typed<TValue>(_host, _getters[column.Index], $" in GetGetter for column #{column}");
    }

    private TRow Current()
    {
        _host.Check(_position >= 0, Getters.NoRowMessage);
        return _current;
    }
}
