namespace MlNetNtd;

/// <summary>
/// Shuffles the rows of each epoch while they are read, with a shuffle buffer of bounded size. The order depends on the seed, the epoch and
/// the number of rows only.
/// </summary>
/// <remarks>
/// <para>
/// Rows go to streams in turn, each stream has a shuffle buffer, and each step takes the same number of rows from every stream. So a
/// process that owns some of the streams gets its rows of each step without reading the rows of the others.
/// </para>
/// <para>
/// With <c>byLength</c>, rows are sorted by length within the rows of several steps, and those steps are shuffled. Rows of similar length
/// must be in one stream for that.
/// </para>
/// </remarks>
internal sealed class EpochShuffler
{
    // Enough steps to avoid most padding, and few enough that the steps of each epoch differ.
    private const int StepsToSort = 32;

    private readonly DataShard _shard;
    private readonly bool _byLength;
    private readonly int _seed;
    private readonly long _bufferRows;

    /// <summary>Initializes the shuffler of one process.</summary>
    /// <param name="shard">The shard of the process.</param>
    /// <param name="byLength">Whether rows of similar length share a step.</param>
    /// <param name="seed">The seed of the order.</param>
    /// <param name="bufferRows">The number of rows in the shuffle buffers of all streams together.</param>
    public EpochShuffler(DataShard shard, bool byLength, int seed, long bufferRows)
    {
        (_shard, _byLength, _seed) = (shard, byLength, seed);
        _bufferRows = Math.Max(1, bufferRows / shard.Streams);
    }

    /// <summary>
    /// Enumerates this process's rows of each step of an epoch. Only the last step may have fewer rows than the others, and this process may
    /// have none of them.
    /// </summary>
    /// <param name="epoch">The number of the epoch, from 1.</param>
    /// <param name="rows">The rows that the process reads, in the same order in each epoch.</param>
    public IEnumerable<SequenceRow[]> Steps(int epoch, IEnumerable<SequenceRow> rows) =>
        (_byLength ? Sorted(epoch, Shuffled(epoch, rows)) : Shuffled(epoch, rows)).Select(_shard.TakePart);

    private IEnumerable<SequenceRow[]> Shuffled(int epoch, IEnumerable<SequenceRow> rows)
    {
        ShuffleBuffer[] streams =
            [.. Enumerable.Range(_shard.FirstStream, _shard.StreamsRead).Select(stream => new ShuffleBuffer(_bufferRows, Seed(epoch, stream)))];
        var rowsPerStream = _shard.RowsPerStep / _shard.Streams;
        long index = 0;
        foreach (var row in rows)
        {
            streams[index % streams.Length].Add(row);
            index++;
            // The last stream is the last one to be complete.
            if (streams[^1].OutputCount == rowsPerStream)
                yield return TakeStep();
        }

        foreach (var stream in streams)
            stream.Flush();
        while (TakeStep() is { Length: > 0 } step)
            yield return step;

        SequenceRow[] TakeStep() => [.. streams.SelectMany(stream => stream.Take(rowsPerStream))];
    }

    // Steps of long and short rows are mixed. The last step of an epoch, which may be smaller, stays the last.
    private IEnumerable<SequenceRow[]> Sorted(int epoch, IEnumerable<SequenceRow[]> steps)
    {
        var random = new Random(Seed(epoch, _shard.Streams));
        foreach (var group in steps.Chunk(StepsToSort))
        {
            SequenceRow[][] sorted = [.. group.SelectMany(step => step).OrderBy(row => row.PaddedTokens).Chunk(_shard.RowsRead)];
            random.Shuffle(sorted.AsSpan(0, sorted[^1].Length < _shard.RowsRead ? sorted.Length - 1 : sorted.Length));
            foreach (var step in sorted)
                yield return step;
        }
    }

    private int Seed(int epoch, int part) => (int)SplitMix64.Hash(_seed, epoch, part);
}
