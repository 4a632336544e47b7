using Microsoft.ML.Runtime;

namespace Microsoft.ML.Data;

/// <summary>Serves rows at random out of a pool of buffered ones.</summary>
internal sealed class ShuffleCursor : RootCursor
{
    private readonly DataViewRowCursor _source;
    private readonly Random _rand;
    private readonly Slots[] _columns;
    private readonly Slots<DataViewRowId> _ids;

    // The slots of the rows in the pool, in the order in which a draw counts them.
    private readonly int[] _order;
    private int _live;
    private int _free;
    private int _slot;
    private bool _sourceEnded;

    public ShuffleCursor(IHost host, DataViewRowCursor source, int poolSize, Random rand)
        : base(host)
    {
        _source = source;
        _rand = rand;
        _order = [.. Enumerable.Range(0, poolSize)];
        _columns = [.. source.Schema.Select(column => source.IsColumnActive(column)
            ? Generic.Call<Slots>(column.Type.RawType, typeof(ShuffleCursor), nameof(CreateSlots), source, column, poolSize)
            : null)];
        _ids = new Slots<DataViewRowId>(source.GetIdGetter(), poolSize);
        _free = -1;
    }

    public override long Batch => 0;

    public override DataViewSchema Schema => _source.Schema;

    public override ValueGetter<DataViewRowId> GetIdGetter() => _ids.GetterAt(CurrentSlot);

    public override bool IsColumnActive(DataViewSchema.Column column)
    {
        Context.CheckParam(column.Index < _columns.Length, nameof(column));
        return _columns[column.Index] is not null;
    }

    public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
    {
        Context.CheckParam(IsColumnActive(column), nameof(column), "requested column not active");
        return Getters.Typed<TValue>(Context, _columns[column.Index].UntypedGetterAt(CurrentSlot));
    }

    protected override bool MoveNextCore()
    {
        Refill();
        if (_live == 0)
            return false;

        // The row at the head goes where the drawn one was.
        int drawn = _rand.Next(_live);
        _slot = _order[drawn];
        _order[drawn] = _order[0];
        Array.Copy(_order, 1, _order, 0, --_live);
        _free = _slot;
        return true;
    }

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        if (disposing)
            _source.Dispose();
    }

    /// <summary>Before the first row fills the pool; after that, the slot that was served last.</summary>
    private void Refill()
    {
        while (_live < _order.Length && !_sourceEnded)
        {
            if (!_source.MoveNext())
            {
                _sourceEnded = true;
                return;
            }

            int slot = _free >= 0 ? _free : _live;
            foreach (Slots column in _columns)
                column?.Take(slot);
            _ids.Take(slot);
            _order[_live++] = slot;
        }
    }

    private int CurrentSlot()
    {
        CheckAtRow();
        return _slot;
    }

    private static Slots<TValue> CreateSlots<TValue>(DataViewRow row, DataViewSchema.Column column, int count)
        => new(row.GetGetter<TValue>(column), count);

    /// <summary>Buffered values of one column.</summary>
    private abstract class Slots
    {
        public abstract void Take(int slot);

        public abstract Delegate UntypedGetterAt(Func<int> slot);
    }

    private sealed class Slots<TValue> : Slots
    {
        private static readonly Copier<TValue> Copy = Copiers.For<TValue>();
        private readonly ValueGetter<TValue> _source;
        private readonly TValue[] _values;

        public Slots(ValueGetter<TValue> source, int count)
        {
            _source = source;
            _values = new TValue[count];
        }

        public override void Take(int slot) => _source(ref _values[slot]);

        public ValueGetter<TValue> GetterAt(Func<int> slot)
            => (ref TValue value) => Copy(in _values[slot()], ref value);

        public override Delegate UntypedGetterAt(Func<int> slot) => GetterAt(slot);
    }
}
