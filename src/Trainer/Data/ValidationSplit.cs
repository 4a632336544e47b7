namespace MlNetNtd;

/// <summary>Draws, row by row, which rows are kept for validation: a function of the seed and the row's number, or its sampling key, alone.</summary>
/// <remarks>
/// So nothing has to be held for it, every pass over the rows and every process draws the same ones, and rows of one key are on
/// one side.
/// </remarks>
internal readonly struct ValidationSplit
{
    private readonly int _seed;
    private readonly double _limit;

    private ValidationSplit(int seed, double limit) => (_seed, _limit) = (seed, limit);

    /// <summary>Keeps none.</summary>
    public static ValidationSplit None => new(0, double.NegativeInfinity);

    /// <summary>Keeps all.</summary>
    public static ValidationSplit All => new(0, double.PositiveInfinity);

    /// <summary>Keeps about this share of all rows.</summary>
    public static ValidationSplit FromFraction(double fraction, int seed) => new(seed, Math.BitDecrement(fraction));

    /// <summary>Whether a row is kept, by its number or key.</summary>
    public bool IsValidation(long row) => GetKey(row) <= _limit;

    /// <summary>A row's lot, by its number or key, from 0 up to but not including 1: the lowest ones are kept.</summary>
    public double GetKey(long row) => SplitMix64.ToUnitInterval(SplitMix64.Hash(_seed, row));

    /// <summary>The same lots, of which those up to a row's own are kept.</summary>
    public ValidationSplit Including(long row) => new(_seed, GetKey(row));

    /// <summary>The same lots, of which those below a row's own are kept.</summary>
    public ValidationSplit Excluding(long row) => new(_seed, Math.BitDecrement(GetKey(row)));
}
