namespace MlNetNtd;

/// <summary>What is known of some rows when they have been read once.</summary>
/// <param name="Rows">How many.</param>
/// <param name="Positive">Those with a label that is true.</param>
/// <param name="Negative">Those with a label that is false.</param>
/// <param name="RowsUnderRule">Those whose mask is the next-token rule's.</param>
/// <param name="Bytes">What they take in memory, without their masks, which they may share.</param>
internal readonly record struct DatasetCounts(long Rows, long Positive, long Negative, long RowsUnderRule, long Bytes)
{
    // The objects and array headers of a row.
    private const int Overhead = 160;

    /// <summary>Of one row.</summary>
    public static DatasetCounts Count(SequenceRow row) => new(
        1, row.Labels.Contains(true) ? 1 : 0, row.Labels.Contains(false) ? 1 : 0, row.Mask is null ? 1 : 0,
        Overhead + row.Labels.Length + (long)row.Values.Length * sizeof(float));

    public static DatasetCounts operator +(DatasetCounts one, DatasetCounts other) => new(
        one.Rows + other.Rows, one.Positive + other.Positive, one.Negative + other.Negative, one.RowsUnderRule + other.RowsUnderRule,
        one.Bytes + other.Bytes);
}
