using Microsoft.ML.Runtime;

namespace Microsoft.ML.Data;

/// <summary>Walks over cached rows: all of them, or the blocks that a schedule deals to this cursor.</summary>
internal sealed class CacheCursor : RootCursor
{
    private readonly CacheDataView _view;
    private readonly bool[] _active;
    private readonly int[] _permutation;
    private readonly BlockSchedule _blocks;
    private readonly Delegate[] _getters;
    private CachedColumn[] _columns;
    private long _rowCount;
    private long _index = -1;
    private long _batch;

    public CacheCursor(IHost host, CacheDataView view, bool[] active, int[] permutation, BlockSchedule blocks)
        : base(host)
    {
        _view = view;
        _active = active;
        _permutation = permutation;
        _blocks = blocks;
        _batch = blocks is null ? 0 : -1;
        _getters = [.. view.Schema.Select(column => active[column.Index]
            ? Generic.Call<Delegate>(column.Type.RawType, typeof(CacheCursor), nameof(LateGetter), this, column.Index)
            : null)];
    }

    public override long Batch => _batch;

    public override DataViewSchema Schema => _view.Schema;

    private long Row => _permutation is null ? _index : _permutation[_index];

    public override ValueGetter<DataViewRowId> GetIdGetter() => (ref DataViewRowId id) =>
    {
        Contracts.Check(Position >= 0, "Cannot call ID getter in current state");
        id = new DataViewRowId((ulong)Row, 0);
    };

    public override bool IsColumnActive(DataViewSchema.Column column)
    {
        Context.CheckParam(column.Index < _active.Length, nameof(column));
        return _active[column.Index];
    }

    public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
    {
        Context.CheckParam(IsColumnActive(column), nameof(column), "requested column not active");
        return Getters.Typed<TValue>(Context, _getters[column.Index]);
    }

    protected override bool MoveNextCore()
    {
        _columns ??= _view.Fill(_active, out _rowCount);
        _index++;
        if (_blocks is not null && _index % BlockSchedule.BlockSize == 0)
        {
            _batch = _blocks.NextAfter(_batch);
            _index = _batch * BlockSchedule.BlockSize;
        }

        return _index < _rowCount;
    }

    /// <summary>A getter that looks for its column when the first value is asked for: the cache is not filled before.</summary>
    private static ValueGetter<TValue> LateGetter<TValue>(CacheCursor cursor, int column)
    {
        CachedColumn<TValue> values = null;
        return (ref TValue value) =>
        {
            cursor.CheckAtRow();
            values ??= (CachedColumn<TValue>)cursor._columns[column];
            values.CopyTo(cursor.Row, ref value);
        };
    }
}
