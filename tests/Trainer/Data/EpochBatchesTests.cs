using Microsoft.ML;
using Options = MlNetNtd.NextTokenDiscriminatorTrainer.Options;

namespace MlNetNtd.Tests;

/// <summary>The batches of an epoch in one process.</summary>
[TestClass]
public sealed class EpochBatchesTests
{
    private static readonly Options Four = new() { BatchSize = 4, ShuffleBufferBytes = 600 };

    [TestMethod]
    public void Shuffle_buffer_holds_the_rows_that_fit_its_bytes()
    {
        // Four lanes of a step of four, and 100 bytes a row: 6 rows, one a lane at least; of 2,400 it is six a lane.
        foreach (var (bytes, pool) in new[] { (600L, 6), (2_400L, 24) })
        {
            var steps = Steps(null, Rows(40), new Options { BatchSize = 4, ShuffleBufferBytes = bytes });
            var order = new EpochShuffler(DataShard.CreateUnsharded(4, byLength: false), byLength: false, seed: 7, pool);

            CollectionAssert.AreEqual(
                order.Steps(2, Rows(40)).SelectMany(step => step).Select(row => row.Number).ToArray(),
                steps.Enumerate(2, done: 0, Pack).SelectMany(batch => batch.Rows).Select(row => row.Number).ToArray());
        }
    }

    [TestMethod]
    public void Resumed_epoch_continues_after_the_finished_steps()
    {
        var steps = Steps(null, Rows(40), Four);
        var whole = Numbers(steps, done: 0);

        Assert.AreEqual(10, steps.Count);
        CollectionAssert.AreEqual(whole.Skip(3).ToArray(), Numbers(steps, done: 3));
        Assert.IsEmpty(Numbers(steps, done: 10));
    }

    [TestMethod]
    public void Process_without_rows_left_takes_part_with_empty_batches()
    {
        var sizes = InMemoryProcessGroup.Run(2, one => Steps(one, one.Rank == 0 ? Rows(10) : Rows(3), Own(one), most: 5)
            .Enumerate(1, done: 0, Pack).Select(batch => (batch.Rows.Length, batch.MicroBatches.Length)).ToArray());

        CollectionAssert.AreEqual(new[] { (2, 1), (2, 1), (2, 1), (2, 1), (2, 1) }, sizes[0]);
        CollectionAssert.AreEqual(new[] { (2, 1), (1, 1), (0, 0), (0, 0), (0, 0) }, sizes[1]);
    }

    /// <summary>The others would wait for a step that this one alone has.</summary>
    [TestMethod]
    public void Additional_rows_of_sharded_input_are_refused()
    {
        var errors = InMemoryProcessGroup.Run(2, one => Assert.ThrowsExactly<InvalidOperationException>(
            () => Steps(one, Rows(12), Own(one), most: 5).Enumerate(3, done: 0, Pack).Count()));

        foreach (var error in errors)
        {
            Assert.AreEqual(
                "The rows changed while Fit was training on them, in epoch 3: expected 12 to train on, as at first, found more.", error.Message);
        }
    }

    private static Options Own(InMemoryProcessGroup one) => new() { BatchSize = 4, ProcessGroup = one, InputIsSharded = true };

    private static StepBatch Pack(SequenceRow[] rows) => new(rows, microBatchSize: 2);

    private static string[] Numbers(EpochBatches steps, int done) =>
        [.. steps.Enumerate(1, done, Pack).Select(batch => string.Join(' ', batch.Rows.Select(row => row.Number)))];

    private static EpochBatches Steps(InMemoryProcessGroup? one, SequenceRow[] rows, Options options, int? most = null)
    {
        var context = new MLContext();
        var team = new DistributedContext(context, one);
        var data = new TrainingDataset(null!, null, ValidationSplit.None, team.CreateShard(options), rows, [])
        {
            Training = new DatasetCounts(rows.Length, rows.Length, 0, rows.Length, 100 * rows.Length),
            Validation = default,
            Steps = most ?? (rows.Length + 3) / 4,
            MaxHalfTokens = 1,
            LabelsTokens = false,
            Loss = LossKind.Row,
            CandidatesPerToken = 1,
            Fingerprint = "",
            TrainingFingerprint = new RowFingerprint(),
            ValidationFingerprint = new RowFingerprint(),
            Padding = new PaddingStatistics(1),
        };
        return new EpochBatches(context, options, team, data, seed: 7);
    }

    private static SequenceRow[] Rows(int count) =>
        [.. Enumerable.Range(0, count).Select(number => new SequenceRow(new float[2], 1, null, 1, [true], Number: number))];
}
