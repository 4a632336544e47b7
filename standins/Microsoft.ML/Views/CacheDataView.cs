using Microsoft.ML.Runtime;

namespace Microsoft.ML.Data;

/// <summary>
/// Keeps columns in memory, from the first time that they are asked for.
/// The real one fills them in the background; here the first row that is asked for waits for all of them.
/// </summary>
internal sealed class CacheDataView : IDataView
{
    private readonly IHost _host;
    private readonly IDataView _source;
    private readonly CachedColumn[] _columns;
    private readonly Lock _filling = new();
    private readonly HashSet<int> _prefetch;
    private long? _rowCount;
    private Exception _failure;

    public CacheDataView(IHostEnvironment env, IDataView source, IEnumerable<int> prefetch)
    {
        Contracts.CheckValue(env, nameof(env));
        _host = env.Register("Cache");
        _host.CheckValue(source, nameof(source));
        _source = source;
        _rowCount = source.GetRowCount();
        _columns = new CachedColumn[source.Schema.Count];
        _prefetch = [.. prefetch];
    }

    public bool CanShuffle => true;

    public DataViewSchema Schema => _source.Schema;

    public long? GetRowCount() => _rowCount;

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random rand = null)
        => new CacheCursor(_host, this, Getters.Active(columnsNeeded, Schema), PermutationOrNull(rand), null);

    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random rand = null)
    {
        int most = 2 * Math.Max(2, Environment.ProcessorCount - 1);
        int count = n > 0 ? Math.Min(n, most) : Math.Max(2, Environment.ProcessorCount - 1);
        if (count == 1)
            return [GetRowCursor(columnsNeeded, rand)];

        bool[] active = Getters.Active(columnsNeeded, Schema);
        int[] permutation = PermutationOrNull(rand);
        var blocks = new BlockSchedule(count);
        return [.. Enumerable.Range(0, count).Select(_ => new CacheCursor(_host, this, active, permutation, blocks))];
    }

    /// <summary>The cached columns at the places of the active ones, filled where they were not, and the number of rows.</summary>
    public CachedColumn[] Fill(bool[] active, out long rowCount)
    {
        lock (_filling)
        {
            if (_failure is null)
            {
                try
                {
                    ReadMissing(active);
                }
                catch (Exception failure)
                {
                    _failure = failure;
                }
            }

            if (_failure is not null)
                throw Contracts.Except(_failure, "Event we were waiting on was subject to an exception");
            rowCount = _rowCount.Value;
            return [.. _columns.Select((column, i) => active[i] ? column : null)];
        }
    }

    private void ReadMissing(bool[] active)
    {
        DataViewSchema.Column[] missing = [.. Schema.Where(column =>
            _columns[column.Index] is null && (active[column.Index] || _prefetch.Contains(column.Index)))];
        if (missing.Length == 0 && _rowCount is not null)
            return;

        using DataViewRowCursor cursor = _source.GetRowCursor(missing);
        using IChannel channel = _host.Start("Cache Filler");
        channel.Trace(MessageSensitivity.Unknown, "Begin cache of {0} columns", missing.Length);
        CachedColumn[] filled = [.. missing.Select(column => CachedColumn.Create(cursor, column))];
        long rows = 0;
        for (; cursor.MoveNext(); rows++)
        {
            foreach (CachedColumn column in filled)
                column.AddCurrent();
        }

        for (int i = 0; i < filled.Length; i++)
            _columns[missing[i].Index] = filled[i];
        _rowCount ??= rows;
        channel.Trace(MessageSensitivity.Unknown, "End cache of {0} columns", missing.Length);
    }

    private int[] PermutationOrNull(Random rand)
    {
        if (rand is null)
            return null;
        if (_rowCount is null)
            Fill(new bool[Schema.Count], out _);

        // Each place takes one of those not yet taken: the order of draws is the real library's.
        int[] permutation = [.. Enumerable.Range(0, checked((int)_rowCount.Value))];
        for (int i = 0; i < permutation.Length; i++)
        {
            int other = i + rand.Next(permutation.Length - i);
            (permutation[i], permutation[other]) = (permutation[other], permutation[i]);
        }

        return permutation;
    }
}

/// <summary>
/// Deals blocks of rows to the cursors of a set: the first block of each as they come, then every n-th.
/// The number of a block is its batch.
/// </summary>
internal sealed class BlockSchedule
{
    public const int BlockSize = 64;

    private readonly int _cursors;
    private long _dealt = -1;

    public BlockSchedule(int cursors) => _cursors = cursors;

    public long NextAfter(long block) => block < 0 ? Interlocked.Increment(ref _dealt) : block + _cursors;
}
