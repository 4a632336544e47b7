using Microsoft.ML.Runtime;

namespace Microsoft.ML.Data;

/// <summary>Some rows out of the middle of a view, in their order.</summary>
internal sealed class SkipTakeView : IDataView
{
    private readonly IHost _host;
    private readonly IDataView _source;
    private readonly long _skip;
    private readonly long _take;

    public SkipTakeView(IHostEnvironment env, IDataView source, long skip, long take)
    {
        _host = env.Register("SkipTakeFilter");
        _source = source;
        _skip = skip;
        _take = take;
    }

    public bool CanShuffle => false;

    public DataViewSchema Schema => _source.Schema;

    public long? GetRowCount()
        => _source.GetRowCount() is long count ? Math.Min(Math.Max(0, count - _skip), _take) : null;

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random rand = null)
    {
        bool[] active = Getters.Active(columnsNeeded, Schema);
        return new Cursor(_host, _source.GetRowCursor(columnsNeeded), active, _skip, _take);
    }

    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random rand = null)
        => [GetRowCursor(columnsNeeded)];

    private sealed class Cursor : RootCursor
    {
        private readonly DataViewRowCursor _source;
        private readonly bool[] _active;
        private long _toSkip;
        private long _toTake;

        public Cursor(IHost host, DataViewRowCursor source, bool[] active, long skip, long take)
            : base(host)
        {
            _source = source;
            _active = active;
            _toSkip = skip;
            _toTake = take;
        }

        public override long Batch => 0;

        public override DataViewSchema Schema => _source.Schema;

        public override ValueGetter<DataViewRowId> GetIdGetter() => _source.GetIdGetter();

        public override bool IsColumnActive(DataViewSchema.Column column)
        {
            Context.Check(column.Index < _active.Length, "Column index out of range");
            return _active[column.Index];
        }

        public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
            => _source.GetGetter<TValue>(column);

        protected override bool MoveNextCore()
        {
            for (; _toSkip > 0; _toSkip--)
            {
                if (!_source.MoveNext())
                    return false;
            }

            return _toTake-- > 0 && _source.MoveNext();
        }

        protected override void Dispose(bool disposing)
        {
            base.Dispose(disposing);
            if (disposing)
                _source.Dispose();
        }
    }
}
