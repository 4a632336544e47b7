namespace Microsoft.ML.Data;

/// <summary>A row with columns added by a mapping.</summary>
internal sealed class MappedRow : DataViewRow
{
    private readonly DataViewRow _input;
    private readonly RowMapping _mapping;
    private readonly bool[] _active;
    private readonly Delegate[] _added;

    public MappedRow(DataViewRow input, RowMapping mapping, bool[] active)
    {
        _input = input;
        _mapping = mapping;
        _active = active;
        _added = mapping.AddedGetters(input, active);
    }

    public override long Position => _input.Position;

    public override long Batch => _input.Batch;

    public override DataViewSchema Schema => _mapping.OutputSchema;

    public override ValueGetter<DataViewRowId> GetIdGetter() => _input.GetIdGetter();

    public override bool IsColumnActive(DataViewSchema.Column column) => _active[column.Index];

    public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
    {
        if (_mapping.TryMapToInput(column.Index, out int input))
            return _input.GetGetter<TValue>(_input.Schema[input]);
        return Getters.Typed<TValue>(null, _added[column.Index]);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _input.Dispose();
        base.Dispose(disposing);
    }
}
