using System.Numerics;

namespace MlNetNtd;

/// <summary>Which of the rows are this process's, of processes that train together.</summary>
/// <remarks>
/// Training rows are dealt to lanes in turn (<see cref="RowOrder"/>), and each process has its lanes, in the order of ranks: so it
/// has some rows of every step, one after another, and need not read the others. Where the lanes cannot be divided evenly each
/// process reads all training rows and takes its part of each step. Either way the steps are those of one process.
/// </remarks>
/// <param name="Rank">Which process.</param>
/// <param name="Count">Of how many.</param>
/// <param name="Lanes">The lanes of all.</param>
/// <param name="RowsPerStep">A multiple of them.</param>
/// <param name="OwnView">Whether each process has a view of its own rows alone, and lanes of its own for them.</param>
internal sealed record RowShare(int Rank, int Count, int Lanes, int RowsPerStep, bool OwnView = false)
{
    // A divisor of it is the number of lanes: so many processes, or 2, or 4, have lanes of their own.
    private const int MostLanes = 8;

    /// <summary>Whether this process has lanes of its own, or is the only one.</summary>
    public bool HasLanes => Lanes % Count == 0;

    /// <summary>The first lane it reads.</summary>
    public int FirstLane => HasLanes ? Rank * LanesRead : 0;

    /// <summary>How many it reads.</summary>
    public int LanesRead => HasLanes ? Lanes / Count : Lanes;

    /// <summary>How many rows of a whole step it reads.</summary>
    public int RowsRead => RowsPerStep / Lanes * LanesRead;

    /// <summary>The share of a process.</summary>
    /// <param name="rank">Which process.</param>
    /// <param name="count">Of how many.</param>
    /// <param name="rowsPerStep">Of all processes together.</param>
    /// <param name="byLength">Whether rows of similar length share a step: they must meet for that, so there is one lane.</param>
    /// <param name="ownView">Whether each has a view of its own rows alone; <paramref name="count"/> then divides the rows of a step.</param>
    public static RowShare Of(int rank, int count, int rowsPerStep, bool byLength, bool ownView = false)
    {
        var views = ownView ? count : 1;
        var lanes = byLength ? 1 : (int)BigInteger.GreatestCommonDivisor(rowsPerStep / views, MostLanes);
        return new RowShare(rank, count, lanes * views, rowsPerStep, ownView);
    }

    /// <summary>The same of one process that has all rows.</summary>
    public static RowShare Whole(int rowsPerStep, bool byLength) => Of(0, 1, rowsPerStep, byLength);

    /// <summary>Whether this process reads a training row.</summary>
    /// <param name="place">Among the training rows, in the order of the view.</param>
    public bool Reads(long place) => OwnView || place % Lanes is var lane && lane >= FirstLane && lane < FirstLane + LanesRead;

    /// <summary>Whether a row is one that this process counts, trains on or judges, as no other does.</summary>
    /// <param name="place">Among the training rows, or among the validation rows.</param>
    /// <param name="validates">Which of the two.</param>
    public bool Owns(long place, bool validates) => OwnView || (validates || !HasLanes ? place % Count == Rank : Reads(place));

    /// <summary>This process's part of a step's rows that it has read.</summary>
    public SequenceRow[] Part(SequenceRow[] rows) =>
        HasLanes ? rows : rows[First(rows.Length, Rank)..First(rows.Length, Rank + 1)];

    /// <summary>Which of the step's rows is the first of this process's.</summary>
    /// <param name="step">From 0, in its epoch.</param>
    /// <param name="rows">All training rows.</param>
    public long FirstRow(long step, long rows)
    {
        if (OwnView)
            return Rank * RowsRead;
        if (!HasLanes)
            return First((int)Math.Clamp(rows - step * RowsPerStep, 0, RowsPerStep), Rank);
        var each = RowsPerStep / Lanes;
        return Enumerable.Range(0, FirstLane).Sum(lane => Math.Clamp((rows - lane + Lanes - 1) / Lanes - step * each, 0, each));
    }

    private int First(int rows, int rank) => (int)((long)rows * rank / Count);
}
