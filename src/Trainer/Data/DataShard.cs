using System.Numerics;

namespace MlNetNtd;

/// <summary>The part of the rows that one process of a process group reads and trains on.</summary>
/// <remarks>
/// Training rows go to streams in turn (<see cref="EpochShuffler"/>). Each process owns consecutive streams, in the order of ranks, so it
/// owns consecutive rows of every step and need not read the others. If the streams cannot be divided evenly, each process reads all
/// training rows and takes its part of each step. Either way the steps equal those of a single process.
/// </remarks>
/// <param name="Rank">The rank of the process.</param>
/// <param name="WorldSize">The number of processes.</param>
/// <param name="Streams">The number of streams of all processes.</param>
/// <param name="RowsPerStep">The rows of a step in all processes together, a multiple of the number of streams.</param>
/// <param name="IsInputSharded">Whether each process has a view of its own rows only, with streams of its own.</param>
internal sealed record DataShard(int Rank, int WorldSize, int Streams, int RowsPerStep, bool IsInputSharded = false)
{
    // The number of streams of a view divides it, so that up to 8 processes can own streams.
    private const int MaxStreams = 8;

    /// <summary>Gets whether each process owns streams.</summary>
    public bool HasOwnStreams => Streams % WorldSize == 0;

    /// <summary>Gets the index of the first stream that this process reads.</summary>
    public int FirstStream => HasOwnStreams ? Rank * StreamsRead : 0;

    /// <summary>Gets the number of streams that this process reads.</summary>
    public int StreamsRead => HasOwnStreams ? Streams / WorldSize : Streams;

    /// <summary>Gets the number of rows of a full step that this process reads.</summary>
    public int RowsRead => RowsPerStep / Streams * StreamsRead;

    /// <summary>Creates the shard of a process.</summary>
    /// <param name="rank">The rank of the process.</param>
    /// <param name="worldSize">The number of processes.</param>
    /// <param name="rowsPerStep">The rows of a step in all processes together.</param>
    /// <param name="byLength">Whether rows of similar length share a step. Such rows must be in one stream.</param>
    /// <param name="inputIsSharded">
    /// Whether each process has a view of its own rows only. <paramref name="worldSize"/> must then divide <paramref name="rowsPerStep"/>.
    /// </param>
    public static DataShard Create(int rank, int worldSize, int rowsPerStep, bool byLength, bool inputIsSharded = false)
    {
        var views = inputIsSharded ? worldSize : 1;
        var streams = byLength ? 1 : (int)BigInteger.GreatestCommonDivisor(rowsPerStep / views, MaxStreams);
        return new DataShard(rank, worldSize, streams * views, rowsPerStep, inputIsSharded);
    }

    /// <summary>Creates the shard of a single process, which owns all rows.</summary>
    /// <param name="rowsPerStep">The rows of a step.</param>
    /// <param name="byLength">Whether rows of similar length share a step.</param>
    public static DataShard CreateUnsharded(int rowsPerStep, bool byLength) => Create(0, 1, rowsPerStep, byLength);

    /// <summary>Returns whether this process reads a training row.</summary>
    /// <param name="index">The index of the row among the training rows, in the order of the view.</param>
    public bool Needs(long index) =>
        IsInputSharded || index % Streams is var stream && stream >= FirstStream && stream < FirstStream + StreamsRead;

    /// <summary>Returns whether this process counts a row. Each row is counted by exactly one process.</summary>
    /// <param name="index">The index of the row among the training rows or among the validation rows.</param>
    /// <param name="isValidation">Whether it is a validation row.</param>
    public bool Counts(long index, bool isValidation) =>
        IsInputSharded || (isValidation || !HasOwnStreams ? index % WorldSize == Rank : Needs(index));

    /// <summary>Returns this process's part of the rows of a step that it has read.</summary>
    /// <param name="rows">The rows read.</param>
    public SequenceRow[] TakePart(SequenceRow[] rows) =>
        HasOwnStreams ? rows : rows[PartStart(rows.Length, Rank)..PartStart(rows.Length, Rank + 1)];

    /// <summary>Returns the index of this process's first row among the rows of a step.</summary>
    /// <param name="step">The index of the step in its epoch.</param>
    /// <param name="rows">The number of training rows.</param>
    public long FirstRow(long step, long rows)
    {
        if (IsInputSharded)
            return Rank * RowsRead;
        if (!HasOwnStreams)
            return PartStart((int)Math.Clamp(rows - step * RowsPerStep, 0, RowsPerStep), Rank);
        var rowsPerStream = RowsPerStep / Streams;
        return Enumerable.Range(0, FirstStream)
            .Sum(stream => Math.Clamp((rows - stream + Streams - 1) / Streams - step * rowsPerStream, 0, rowsPerStream));
    }

    private int PartStart(int rows, int rank) => (int)((long)rows * rank / WorldSize);
}
