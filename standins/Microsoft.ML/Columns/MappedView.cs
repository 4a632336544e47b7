using Microsoft.ML.Runtime;

namespace Microsoft.ML.Data;

/// <summary>A view with columns added by a mapping.</summary>
internal sealed class MappedView : IDataView
{
    private readonly IHost _host;
    private readonly IDataView _source;
    private readonly RowMapping _mapping;

    public MappedView(IHost host, IDataView source, RowMapping mapping)
    {
        _host = host;
        _source = source;
        _mapping = mapping;
    }

    public bool CanShuffle => _source.CanShuffle;

    public DataViewSchema Schema => _mapping.OutputSchema;

    public long? GetRowCount() => _source.GetRowCount();

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random rand = null)
    {
        bool[] active = Getters.Active(columnsNeeded, Schema);
        return new Cursor(_host, _source.GetRowCursor(_mapping.Dependencies(active), rand), _mapping, active);
    }

    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random rand = null)
    {
        bool[] active = Getters.Active(columnsNeeded, Schema);
        return [.. _source.GetRowCursorSet(_mapping.Dependencies(active), n, rand)
            .Select(input => new Cursor(_host, input, _mapping, active))];
    }

    private sealed class Cursor : DataViewRowCursor
    {
        private readonly IHost _host;
        private readonly DataViewRowCursor _input;
        private readonly MappedRow _row;

        public Cursor(IHost host, DataViewRowCursor input, RowMapping mapping, bool[] active)
        {
            _host = host;
            _input = input;
            _row = new MappedRow(input, mapping, active);
        }

        public override long Position => _input.Position;

        public override long Batch => _input.Batch;

        public override DataViewSchema Schema => _row.Schema;

        public override bool MoveNext() => _input.MoveNext();

        public override ValueGetter<DataViewRowId> GetIdGetter() => _input.GetIdGetter();

        public override bool IsColumnActive(DataViewSchema.Column column)
        {
            _host.Check(column.Index < Schema.Count, "Column index out of range");
            return _row.IsColumnActive(column);
        }

        public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
        {
            _host.CheckParam(IsColumnActive(column), nameof(column), "requested column not active.");
            return _row.GetGetter<TValue>(column);
        }

        protected override void Dispose(bool disposing)
        {
            if (disposing)
                _input.Dispose();
            base.Dispose(disposing);
        }
    }
}
