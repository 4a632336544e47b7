namespace MlNetNtd;

/// <summary>
/// The order of rows, epoch by epoch: a function of the seed, the epoch and how many rows there are, made while they are
/// read, with no more of them in hand than a pool holds.
/// </summary>
/// <remarks>
/// <para>
/// Rows are dealt to lanes in turn, each lane is shuffled by itself, and each step takes as many rows of every lane. So a
/// process that has some of the lanes alone finds its rows of each step without the others' rows.
/// </para>
/// <para>
/// With <c>byLength</c> rows are sorted by length within some steps' rows and those steps are shuffled; rows of similar length
/// must meet for that, so there is one lane.
/// </para>
/// </remarks>
internal sealed class EpochShuffler
{
    // Rows are sorted within so many steps: enough for most of the padding to go, and each epoch's steps are others.
    private const int StepsSorted = 32;

    private readonly DataShard _shard;
    private readonly bool _byLength;
    private readonly int _seed;
    private readonly long _bufferRows;

    /// <param name="shard">Of which rows this process's part of the steps is made.</param>
    /// <param name="byLength">Whether rows of similar length share a step.</param>
    /// <param name="seed">Decides the order.</param>
    /// <param name="bufferRows">Rows that are shuffled at once, in all lanes together.</param>
    public EpochShuffler(DataShard shard, bool byLength, int seed, long bufferRows)
    {
        (_shard, _byLength, _seed) = (shard, byLength, seed);
        _bufferRows = Math.Max(1, bufferRows / shard.Streams);
    }

    /// <summary>
    /// This process's rows of each step of an epoch. Of all processes together only the last step may have fewer; a process may
    /// have none of it.
    /// </summary>
    /// <param name="epoch">From 1.</param>
    /// <param name="rows">All rows that it reads, in an order that is the same in each epoch.</param>
    public IEnumerable<SequenceRow[]> Steps(int epoch, IEnumerable<SequenceRow> rows) =>
        (_byLength ? Sorted(epoch, Shuffled(epoch, rows)) : Shuffled(epoch, rows)).Select(_shard.TakePart);

    private IEnumerable<SequenceRow[]> Shuffled(int epoch, IEnumerable<SequenceRow> rows)
    {
        ShuffleBuffer[] lanes = [.. Enumerable.Range(_shard.FirstStream, _shard.StreamsRead).Select(lane => new ShuffleBuffer(_bufferRows, Seed(epoch, lane)))];
        var each = _shard.RowsPerStep / _shard.Streams;
        long dealt = 0;
        foreach (var row in rows)
        {
            lanes[dealt++ % lanes.Length].Add(row);
            // The last lane is the last to have them.
            if (lanes[^1].OutputCount == each)
                yield return Step();
        }

        foreach (var lane in lanes)
            lane.Flush();
        while (Step() is { Length: > 0 } step)
            yield return step;

        SequenceRow[] Step() => [.. lanes.SelectMany(lane => lane.Take(each))];
    }

    // Long and short steps come in no order. The last one of an epoch, which may be smaller, stays the last.
    private IEnumerable<SequenceRow[]> Sorted(int epoch, IEnumerable<SequenceRow[]> steps)
    {
        var random = new Random(Seed(epoch, _shard.Streams));
        foreach (var some in steps.Chunk(StepsSorted))
        {
            SequenceRow[][] sorted = [.. some.SelectMany(step => step).OrderBy(row => row.PaddedTokens).Chunk(_shard.RowsRead)];
            random.Shuffle(sorted.AsSpan(0, sorted[^1].Length < _shard.RowsRead ? sorted.Length - 1 : sorted.Length));
            foreach (var step in sorted)
                yield return step;
        }
    }

    private int Seed(int epoch, int part) => (int)SplitMix64.Hash(_seed, epoch, part);
}
