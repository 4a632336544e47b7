using static TorchSharp.torch;

namespace MlNetNtd.Tests;

/// <summary>The partition of a batch's rows among threads.</summary>
[TestClass]
public sealed class BatchPartitionTests
{
    /// <summary>As many as there are threads, where each then has a row, and as many positions as the network is wide.</summary>
    [TestMethod]
    [DataRow(4, 6, 24, 4, 1)]
    [DataRow(4, 6, 25, 4, 1)]
    [DataRow(4, 6, 12, 4, 2)]
    [DataRow(4, 6, 8, 4, 3)]
    [DataRow(4, 6, 1, 4, 4)]
    [DataRow(4, 6, 1, 3, 3)]
    [DataRow(2, 6, 1, 8, 2)]
    public void Part_count_grows_with_the_work_of_the_batch(int rows, int positions, int width, int threads, int expected)
    {
        using var sequences = zeros(rows, positions, 2);

        Assert.AreEqual(expected, BatchPartition.Create(sequences, width, threads).Count);
    }

    [TestMethod]
    public void Every_row_is_in_one_part_and_part_sizes_differ_by_at_most_one()
    {
        using var sequences = arange(14).reshape(7, 2, 1);
        var parts = BatchPartition.Create(sequences, width: 1, threads: 3);

        var taken = Enumerable.Range(0, parts.Count).Select(part =>
        {
            using var some = parts.Take(sequences, part);
            return some.data<long>().ToArray();
        }).ToArray();

        CollectionAssert.AreEqual(new[] { 4, 4, 6 }, taken.Select(some => some.Length).ToArray());
        CollectionAssert.AreEqual(Enumerable.Range(0, 14).Select(i => (long)i).ToArray(), taken.SelectMany(some => some).ToArray());
    }
}
