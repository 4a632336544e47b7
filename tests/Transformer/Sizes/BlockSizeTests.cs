using FsCheck.Fluent;

namespace MlNetNtd.Tests;

/// <summary>Rows per block of the Torch engine.</summary>
[TestClass]
public sealed class BlockSizeTests
{
    // Both columns of a block are one tensor, and so are its combined sequences. A tensor's bytes are counted by an int.
    private static long TensorBytes(long rows, long rowValues) => 2 * rows * rowValues * sizeof(float);

    [TestMethod]
    [DataRow(1L, BlockSize.MaxDefaultRows)]
    [DataRow(128L * 64, 4)]
    [DataRow(20_000L, 1)]
    [DataRow(32_768L, 1)]
    [DataRow(1L << 38, 1)]
    public void Block_on_the_CPU_holds_128_KiB_of_rows(long rowValues, int rows) =>
        Assert.AreEqual(rows, BlockSize.Rows(batchSize: null, rowValues, gpu: false));

    [TestMethod]
    [DataRow(1L, BlockSize.MaxDefaultRows)]
    [DataRow(128L * 64, 64)]
    [DataRow(300_000L, 1)]
    [DataRow(524_288L, 1)]
    [DataRow(1L << 38, 1)]
    public void Block_on_a_GPU_holds_2_MiB_of_rows(long rowValues, int rows) =>
        Assert.AreEqual(rows, BlockSize.Rows(batchSize: null, rowValues, gpu: true));

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void Batch_size_that_fits_is_used(bool gpu) =>
        Assert.AreEqual(1000, BlockSize.Rows(batchSize: 1000, rowValues: 128 * 64, gpu));

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void Batch_size_that_does_not_fit_is_lowered(bool gpu) =>
        // Rows of 64 MiB a column.
        Assert.AreEqual(15, BlockSize.Rows(TransformSettings.MaxBatchSize, rowValues: 1 << 24, gpu));

    [TestMethod]
    public void Block_of_several_rows_is_limited_to_the_range_of_int() => Property.Check(
        from batchSize in Gen.Choose(0, TransformSettings.MaxBatchSize)
        from tokens in Gen.Choose(1, NextTokenMask.MaxTokens)
        from dimension in Gen.Choose(1, TransformSettings.MaxEmbeddingDimension)
        from gpu in Gen.Elements(false, true)
        select (BatchSize: batchSize == 0 ? (int?)null : batchSize, Tokens: tokens, Dimension: dimension, Gpu: gpu),
        one =>
        {
            var rowValues = (long)one.Tokens * one.Dimension;
            var rows = BlockSize.Rows(one.BatchSize, rowValues, one.Gpu);

            Assert.IsGreaterThanOrEqualTo(1, rows);
            Assert.IsTrue(rows == 1 || TensorBytes(rows, rowValues) <= int.MaxValue, $"{rows} rows of {rowValues} values");
            Assert.IsTrue(rows == 1 || one.Tokens <= BlockSize.MaxTokens(rows, one.Dimension));
        },
        count: 1000);

    [TestMethod]
    public void Longest_row_of_a_block_is_limited_to_the_range_of_int() => Property.Check(
        from rows in Gen.Choose(1, TransformSettings.MaxBatchSize)
        from dimension in Gen.Choose(1, TransformSettings.MaxEmbeddingDimension)
        select (Rows: rows, Dimension: dimension),
        one =>
        {
            var tokens = BlockSize.MaxTokens(one.Rows, one.Dimension);

            Assert.IsLessThanOrEqualTo(int.MaxValue, TensorBytes(one.Rows, tokens * one.Dimension));
            Assert.IsGreaterThan(int.MaxValue - 1, TensorBytes(one.Rows, (tokens + 1) * one.Dimension));
        },
        count: 1000);
}
