using System.Numerics;

namespace MlNetNtd;

/// <summary>Which of the rows are this process's, of processes that train together.</summary>
/// <remarks>
/// Training rows are dealt to lanes in turn (<see cref="EpochShuffler"/>), and each process has its lanes, in the order of ranks: so it
/// has some rows of every step, one after another, and need not read the others. Where the lanes cannot be divided evenly each
/// process reads all training rows and takes its part of each step. Either way the steps are those of one process.
/// </remarks>
/// <param name="Rank">Which process.</param>
/// <param name="WorldSize">Of how many.</param>
/// <param name="Streams">The lanes of all.</param>
/// <param name="RowsPerStep">A multiple of them.</param>
/// <param name="IsInputSharded">Whether each process has a view of its own rows alone, and lanes of its own for them.</param>
internal sealed record DataShard(int Rank, int WorldSize, int Streams, int RowsPerStep, bool IsInputSharded = false)
{
    // A divisor of it is the number of lanes: so many processes, or 2, or 4, have lanes of their own.
    private const int MaxStreams = 8;

    /// <summary>Whether this process has lanes of its own, or is the only one.</summary>
    public bool HasOwnStreams => Streams % WorldSize == 0;

    /// <summary>The first lane it reads.</summary>
    public int FirstStream => HasOwnStreams ? Rank * StreamsRead : 0;

    /// <summary>How many it reads.</summary>
    public int StreamsRead => HasOwnStreams ? Streams / WorldSize : Streams;

    /// <summary>How many rows of a whole step it reads.</summary>
    public int RowsRead => RowsPerStep / Streams * StreamsRead;

    /// <summary>The share of a process.</summary>
    /// <param name="rank">Which process.</param>
    /// <param name="worldSize">Of how many.</param>
    /// <param name="rowsPerStep">Of all processes together.</param>
    /// <param name="byLength">Whether rows of similar length share a step: they must meet for that, so there is one lane.</param>
    /// <param name="inputIsSharded">Whether each has a view of its own rows alone; <paramref name="worldSize"/> then divides the rows of a step.</param>
    public static DataShard Create(int rank, int worldSize, int rowsPerStep, bool byLength, bool inputIsSharded = false)
    {
        var views = inputIsSharded ? worldSize : 1;
        var lanes = byLength ? 1 : (int)BigInteger.GreatestCommonDivisor(rowsPerStep / views, MaxStreams);
        return new DataShard(rank, worldSize, lanes * views, rowsPerStep, inputIsSharded);
    }

    /// <summary>The same of one process that has all rows.</summary>
    public static DataShard CreateUnsharded(int rowsPerStep, bool byLength) => Create(0, 1, rowsPerStep, byLength);

    /// <summary>Whether this process reads a training row.</summary>
    /// <param name="place">Among the training rows, in the order of the view.</param>
    public bool Needs(long place) => IsInputSharded || place % Streams is var lane && lane >= FirstStream && lane < FirstStream + StreamsRead;

    /// <summary>Whether a row is one that this process counts, trains on or judges, as no other does.</summary>
    /// <param name="place">Among the training rows, or among the validation rows.</param>
    /// <param name="validates">Which of the two.</param>
    public bool Counts(long place, bool validates) => IsInputSharded || (validates || !HasOwnStreams ? place % WorldSize == Rank : Needs(place));

    /// <summary>This process's part of a step's rows that it has read.</summary>
    public SequenceRow[] TakePart(SequenceRow[] rows) =>
        HasOwnStreams ? rows : rows[First(rows.Length, Rank)..First(rows.Length, Rank + 1)];

    /// <summary>Which of the step's rows is the first of this process's.</summary>
    /// <param name="step">From 0, in its epoch.</param>
    /// <param name="rows">All training rows.</param>
    public long FirstRow(long step, long rows)
    {
        if (IsInputSharded)
            return Rank * RowsRead;
        if (!HasOwnStreams)
            return First((int)Math.Clamp(rows - step * RowsPerStep, 0, RowsPerStep), Rank);
        var each = RowsPerStep / Streams;
        return Enumerable.Range(0, FirstStream).Sum(lane => Math.Clamp((rows - lane + Streams - 1) / Streams - step * each, 0, each));
    }

    private int First(int rows, int rank) => (int)((long)rows * rank / WorldSize);
}
