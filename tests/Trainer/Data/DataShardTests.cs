using FsCheck;
using FsCheck.Fluent;

namespace MlNetNtd.Tests;

/// <summary>Each process of a distributed training has its own rows, and the steps equal those of one process.</summary>
[TestClass]
public sealed class DataShardTests
{
    private static readonly Gen<(int Rows, int Count, int PerStep, bool ByLength)> Shares =
        from rows in Gen.Choose(1, 120)
        from count in Gen.Choose(1, 9)
        from perStep in Gen.Choose(1, 24)
        from byLength in Gen.Elements(false, true)
        select (rows, count, perStep, byLength);

    [TestMethod]
    [DataRow(16, false, 8)]
    [DataRow(12, false, 4)]
    [DataRow(6, false, 2)]
    [DataRow(7, false, 1)]
    [DataRow(16, true, 1, DisplayName = "16, rows of similar length together")]
    public void Stream_count_divides_the_step_and_eight(int perStep, bool byLength, int lanes) =>
        Assert.AreEqual(lanes, DataShard.CreateUnsharded(perStep, byLength).Streams);

    [TestMethod]
    public void Sharded_input_has_its_own_streams_in_each_process()
    {
        var share = DataShard.Create(rank: 2, worldSize: 3, rowsPerStep: 12, byLength: false, inputIsSharded: true);

        Assert.AreEqual((12, 8, 4, 4), (share.Streams, share.FirstStream, share.StreamsRead, share.RowsRead));
        for (var place = 0; place < 24; place++)
            Assert.IsTrue(share.Needs(place) && share.Counts(place, isValidation: false) && share.Counts(place, isValidation: true));
        Assert.AreEqual(8, share.FirstRow(step: 5, rows: 3));
    }

    [TestMethod]
    public void Each_row_is_counted_by_one_process_that_also_reads_it() => Property.Check(Shares, one =>
    {
        var shares = All(one);
        for (var place = 0; place < one.Rows; place++)
        {
            Assert.AreEqual(1, shares.Count(share => share.Counts(place, isValidation: true)));
            var owner = shares.Single(share => share.Counts(place, isValidation: false));
            Assert.IsTrue(owner.Needs(place));
            // Whoever has lanes of its own needs none of the others' rows.
            Assert.AreEqual(owner.HasOwnStreams ? 1 : one.Count, shares.Count(share => share.Needs(place)));
        }
    });

    [TestMethod]
    public void Steps_of_all_processes_together_equal_those_of_one() => Property.Check(Shares, one =>
    {
        var whole = Steps(DataShard.CreateUnsharded(one.PerStep, one.ByLength));
        var shares = All(one);
        var parts = Array.ConvertAll(shares, Steps);
        for (var step = 0; step < whole.Length; step++)
        {
            long[] together = [.. parts.SelectMany(part => step < part.Length ? part[step] : [])];
            // Rows that one process's dropout knows by their place are known by the same one.
            for (var rank = 0; rank < one.Count; rank++)
            {
                Assert.AreEqual(
                    parts.Take(rank).Sum(part => step < part.Length ? part[step].Length : 0), shares[rank].FirstRow(step, one.Rows), $"step {step}, rank {rank}");
            }

            CollectionAssert.AreEqual(whole[step], together, $"step {step}");
        }

        long[][] Steps(DataShard share) =>
        [
            .. new EpochShuffler(share, one.ByLength, seed: 3, bufferRows: 10_000)
                .Steps(1, EpochShufflerTests.Rows(one.Rows).Where((_, place) => share.Needs(place)))
                .Select(step => step.Select(row => row.Number).ToArray()),
        ];
    });

    private static DataShard[] All((int Rows, int Count, int PerStep, bool ByLength) one) =>
        [.. Enumerable.Range(0, one.Count).Select(rank => DataShard.Create(rank, one.Count, one.PerStep, one.ByLength))];
}
