using Microsoft.ML.Runtime;

namespace Microsoft.ML.Data;

/// <summary>
/// Rows in a random order: each comes out of a pool that is kept full from the source.
/// The source is shuffled too where it can be. The same seed gives the real library's order.
/// </summary>
internal sealed class ShuffleView : IDataView
{
    private readonly IHost _host;
    private readonly IDataView _source;
    private readonly int _seed;
    private readonly int _poolSize;
    private readonly bool _shuffleSource;

    public ShuffleView(IHostEnvironment env, IDataView source, int? seed, int poolSize, bool shuffleSource)
    {
        _host = env.Register("Shuffle");
        _source = source;
        _seed = seed ?? ((TauswortheHybrid)_host.Rand).NextSigned();
        _poolSize = poolSize;
        _shuffleSource = shuffleSource;
    }

    public bool CanShuffle => true;

    public DataViewSchema Schema => _source.Schema;

    public long? GetRowCount() => _source.GetRowCount();

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random rand = null)
    {
        rand ??= RandomUtils.Create(_seed);
        DataViewRowCursor source = _source.GetRowCursor(columnsNeeded, _shuffleSource ? RandomUtils.Create(rand) : null);
        return _poolSize == 1 ? source : new ShuffleCursor(_host, source, _poolSize, rand);
    }

    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random rand = null)
        => [GetRowCursor(columnsNeeded, rand)];
}
