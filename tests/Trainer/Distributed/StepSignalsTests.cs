using static TorchSharp.torch;

namespace MlNetNtd.Tests;

/// <summary>The signals that travel with the gradients of each step.</summary>
[TestClass]
public sealed class StepSignalsTests
{
    [TestMethod]
    public void Single_process_uses_its_own_signals()
    {
        using var scope = NewDisposeScope();
        var (news, asked) = (new StepSignals(null), 0);

        news.Send(Batch(rows: 3), firstRow: 0, checkpointDue: true, () => asked++);

        Assert.AreEqual(1, asked);
        Assert.AreEqual((3.0, 6.0, 9.0), news.Workload);
        Assert.IsFalse(news.IsCheckpointDue);
        foreach (var due in new[] { true, false })
        {
            news.Receive(due);
            Assert.AreEqual(due, news.IsCheckpointDue);
        }

        Assert.AreEqual((3.0, 6.0, 9.0), news.Workload);
        Assert.IsFalse(news.IsCancelled);
        news.ThrowIfCancelled();
    }

    [TestMethod]
    public void Cancelled_single_process_stops_before_the_step() =>
        Assert.ThrowsExactly<OperationCanceledException>(() => new StepSignals(null).Send(Batch(1), 0, false, () => throw new OperationCanceledException()));

    [TestMethod]
    public void Workloads_are_summed_and_a_due_checkpoint_reaches_all()
    {
        var found = InMemoryProcessGroup.Run(2, one =>
        {
            using var scope = NewDisposeScope();
            var shared = new GradientAllReduce(one, StepSignals.Count);
            var news = new StepSignals(shared);
            news.Send(Batch(rows: 1 + one.Rank), firstRow: 5 * one.Rank, checkpointDue: one.Rank == 0, () => { });
            shared.AverageGradients(ones(2), loss: 1, count: 1);
            news.Receive(checkpointDue: false);
            return (news.Workload, news.IsCheckpointDue, news.IsCancelled, shared.FirstRow);
        });

        CollectionAssert.AreEqual(new[] { ((3.0, 6.0, 9.0), true, false, 0L), ((3.0, 6.0, 9.0), true, false, 5L) }, found);
    }

    [TestMethod]
    public void Checkpoint_due_after_the_exchange_waits_for_the_next_step()
    {
        var found = InMemoryProcessGroup.Run(2, one =>
        {
            using var scope = NewDisposeScope();
            var shared = new GradientAllReduce(one, StepSignals.Count);
            var news = new StepSignals(shared);
            news.Send(Batch(rows: 1), firstRow: 0, checkpointDue: false, () => { });
            shared.AverageGradients(ones(2), loss: 1, count: 1);
            // Only the first one's wish counts, which came with the others' gradients.
            news.Receive(checkpointDue: true);
            news.ThrowIfCancelled();
            return news.IsCheckpointDue;
        });

        CollectionAssert.AreEqual(new[] { false, false }, found);
    }

    /// <summary>The others wait for its gradients: it does the step, and then all end.</summary>
    [TestMethod]
    public void Cancellation_in_one_process_ends_all_after_the_step()
    {
        var mine = new OperationCanceledException("mine");
        var found = InMemoryProcessGroup.Run(2, one =>
        {
            using var scope = NewDisposeScope();
            var shared = new GradientAllReduce(one, StepSignals.Count);
            var news = new StepSignals(shared);
            news.Send(Batch(rows: 1), firstRow: 0, checkpointDue: false, () =>
            {
                if (one.Rank == 1)
                    throw mine;
            });
            shared.AverageGradients(ones(2), loss: 1, count: 1);
            news.Receive(checkpointDue: false);
            Assert.IsTrue(news.IsCancelled);
            return Assert.ThrowsExactly<OperationCanceledException>(news.ThrowIfCancelled);
        });

        Assert.AreSame(mine, found[1]);
        Assert.Contains("in another process", found[0].Message);
    }

    // Rows of two real tokens, padded to three.
    private static StepBatch Batch(int rows)
    {
        SequenceRow[] all = [.. Enumerable.Range(0, rows).Select(number => new SequenceRow(new float[6], 3, null, 2, [true], Number: number))];
        return new StepBatch(all, microBatchSize: 2);
    }
}
