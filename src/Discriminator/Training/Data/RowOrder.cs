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
internal sealed class RowOrder
{
    // A divisor of it is the number of lanes: so many processes, or 2, or 4, find the same steps as one.
    private const int MostLanes = 8;

    // Rows are sorted within so many steps: enough for most of the padding to go, and each epoch's steps are others.
    private const int StepsSorted = 32;

    private readonly int _rowsPerStep;
    private readonly bool _byLength;
    private readonly int _seed;
    private readonly long _pool;
    private readonly int _lanes;

    /// <param name="rowsPerStep">Of which steps are made.</param>
    /// <param name="byLength">Whether rows of similar length share a step.</param>
    /// <param name="seed">Decides the order.</param>
    /// <param name="pool">Rows that are shuffled at once, in all lanes together.</param>
    public RowOrder(int rowsPerStep, bool byLength, int seed, long pool)
    {
        (_rowsPerStep, _byLength, _seed) = (rowsPerStep, byLength, seed);
        _lanes = byLength ? 1 : (int)System.Numerics.BigInteger.GreatestCommonDivisor(rowsPerStep, MostLanes);
        _pool = Math.Max(1, pool / _lanes);
    }

    /// <summary>The rows of each step of an epoch; only the last step may have fewer.</summary>
    /// <param name="epoch">From 1.</param>
    /// <param name="rows">All rows, in an order that is the same in each epoch.</param>
    public IEnumerable<SequenceRow[]> Steps(int epoch, IEnumerable<SequenceRow> rows) =>
        _byLength ? Sorted(epoch, Shuffled(epoch, rows)) : Shuffled(epoch, rows);

    private IEnumerable<SequenceRow[]> Shuffled(int epoch, IEnumerable<SequenceRow> rows)
    {
        RowLane[] lanes = [.. Enumerable.Range(0, _lanes).Select(lane => new RowLane(_pool, Seed(epoch, lane)))];
        var each = _rowsPerStep / _lanes;
        long dealt = 0;
        foreach (var row in rows)
        {
            lanes[dealt++ % _lanes].Add(row);
            // The last lane is the last to have them.
            if (lanes[^1].Ready == each)
                yield return Step();
        }

        foreach (var lane in lanes)
            lane.End();
        while (Step() is { Length: > 0 } step)
            yield return step;

        SequenceRow[] Step() => [.. lanes.SelectMany(lane => lane.Take(each))];
    }

    // Long and short steps come in no order. The last one of an epoch, which may be smaller, stays the last.
    private IEnumerable<SequenceRow[]> Sorted(int epoch, IEnumerable<SequenceRow[]> steps)
    {
        var random = new Random(Seed(epoch, _lanes));
        foreach (var some in steps.Chunk(StepsSorted))
        {
            SequenceRow[][] sorted = [.. some.SelectMany(step => step).OrderBy(row => row.PaddedTokens).Chunk(_rowsPerStep)];
            random.Shuffle(sorted.AsSpan(0, sorted[^1].Length < _rowsPerStep ? sorted.Length - 1 : sorted.Length));
            foreach (var step in sorted)
                yield return step;
        }
    }

    private int Seed(int epoch, int part) => (int)SplitMix.Of(_seed, epoch, part);
}
