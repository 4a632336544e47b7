using Microsoft.ML.Runtime;

namespace Microsoft.ML.Data;

/// <summary>
/// The rows of one fold, or all but those: each row draws a number, and the fold is a range of numbers. The same seed gives
/// the real library's folds.
/// </summary>
internal sealed class FoldView : IDataView
{
    public const int DefaultSeed = 42;

    private readonly IHost _host;
    private readonly IDataView _source;
    private readonly uint _seed;
    private readonly double _first;
    private readonly double _last;
    private readonly bool _keepsFold;

    public FoldView(IHostEnvironment env, IDataView source, uint seed, int fold, int folds, bool keepsFold)
    {
        _host = env.Register("RangeFilter");
        _source = source;
        _seed = seed;
        (_first, _last) = ((double)fold / folds, (double)(fold + 1) / folds);
        _keepsFold = keepsFold;
    }

    public bool CanShuffle => false;

    public DataViewSchema Schema => _source.Schema;

    public long? GetRowCount() => null;

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random rand = null)
    {
        bool[] active = Getters.Active(columnsNeeded, Schema);
        return new Cursor(this, _source.GetRowCursor(columnsNeeded), active);
    }

    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random rand = null)
        => [GetRowCursor(columnsNeeded)];

    // Both ends belong to the fold: a number on a border is in two.
    private bool Keeps(double number) => _keepsFold == (number >= _first && number <= _last);

    private sealed class Cursor : RootCursor
    {
        private const int Steps = 1 << 23;

        private readonly FoldView _view;
        private readonly DataViewRowCursor _source;
        private readonly bool[] _active;
        private readonly TauswortheHybrid _random;

        public Cursor(FoldView view, DataViewRowCursor source, bool[] active)
            : base(view._host)
        {
            _view = view;
            _source = source;
            _active = active;
            _random = RandomUtils.Create((int)view._seed);
        }

        public override long Batch => _source.Batch;

        public override DataViewSchema Schema => _source.Schema;

        public override ValueGetter<DataViewRowId> GetIdGetter() => _source.GetIdGetter();

        public override bool IsColumnActive(DataViewSchema.Column column)
        {
            Context.Check(column.Index < _active.Length, "Column index out of range");
            return _active[column.Index];
        }

        public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column) => _source.GetGetter<TValue>(column);

        protected override bool MoveNextCore()
        {
            while (_source.MoveNext())
            {
                // Numbers are Single there: 23 bits of each draw.
                if (_view.Keeps(Math.Floor(_random.NextDouble() * Steps) / Steps))
                    return true;
            }

            return false;
        }

        protected override void Dispose(bool disposing)
        {
            base.Dispose(disposing);
            if (disposing)
                _source.Dispose();
        }
    }
}
