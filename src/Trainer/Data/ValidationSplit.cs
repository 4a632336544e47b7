namespace MlNetNtd;

/// <summary>Decides for each row whether it is a validation row, from the seed and the row's number or sampling key only.</summary>
/// <remarks>
/// So nothing has to be stored, every pass over the rows and every process decides alike, and rows with equal keys stay together.
/// </remarks>
internal readonly struct ValidationSplit
{
    private readonly int _seed;
    private readonly double _limit;

    private ValidationSplit(int seed, double limit) => (_seed, _limit) = (seed, limit);

    /// <summary>Gets the split without validation rows.</summary>
    public static ValidationSplit None => new(0, double.NegativeInfinity);

    /// <summary>Gets the split in which all rows are validation rows.</summary>
    public static ValidationSplit All => new(0, double.PositiveInfinity);

    /// <summary>Creates a split with about this fraction of validation rows.</summary>
    public static ValidationSplit FromFraction(double fraction, int seed) => new(seed, Math.BitDecrement(fraction));

    /// <summary>Returns whether a row is a validation row.</summary>
    /// <param name="row">The row's number or sampling key.</param>
    public bool IsValidation(long row) => GetKey(row) <= _limit;

    /// <summary>Returns the pseudorandom number of a row, from 0 up to but not including 1. Rows with the lowest numbers are validation rows.</summary>
    /// <param name="row">The row's number or sampling key.</param>
    public double GetKey(long row) => SplitMix64.ToUnitInterval(SplitMix64.Hash(_seed, row));

    /// <summary>Creates the smallest split with the same random numbers that has this row as a validation row.</summary>
    /// <param name="row">The row's number or sampling key.</param>
    public ValidationSplit Including(long row) => new(_seed, GetKey(row));

    /// <summary>Creates the largest split with the same random numbers that has this row as a training row.</summary>
    /// <param name="row">The row's number or sampling key.</param>
    public ValidationSplit Excluding(long row) => new(_seed, Math.BitDecrement(GetKey(row)));
}
