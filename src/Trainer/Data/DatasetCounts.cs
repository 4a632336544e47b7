namespace MlNetNtd;

/// <summary>Counts over some rows.</summary>
/// <param name="Rows">The number of rows.</param>
/// <param name="Positive">The number of rows with at least one positive label.</param>
/// <param name="Negative">The number of rows with at least one negative label.</param>
/// <param name="RowsUnderRule">The number of rows whose mask follows the next-token rule.</param>
/// <param name="Bytes">The memory that the rows take, without masks, which rows may share.</param>
internal readonly record struct DatasetCounts(long Rows, long Positive, long Negative, long RowsUnderRule, long Bytes)
{
    // The bytes of a row's objects and array headers.
    private const int Overhead = 160;

    /// <summary>Counts one row.</summary>
    public static DatasetCounts Count(SequenceRow row) => new(
        1, row.Labels.Contains(true) ? 1 : 0, row.Labels.Contains(false) ? 1 : 0, row.Mask is null ? 1 : 0,
        Overhead + row.Labels.Length + (long)row.Values.Length * sizeof(float));

    public static DatasetCounts operator +(DatasetCounts left, DatasetCounts right) => new(
        left.Rows + right.Rows, left.Positive + right.Positive, left.Negative + right.Negative, left.RowsUnderRule + right.RowsUnderRule,
        left.Bytes + right.Bytes);
}
