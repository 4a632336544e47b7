using Microsoft.ML;
using TorchSharp;
using Options = MlNetNtd.NextTokenDiscriminatorTrainer.Options;

namespace MlNetNtd.Tests;

/// <summary>Communication and errors of the processes of one training.</summary>
[TestClass]
public sealed class DistributedContextTests
{
    [TestMethod]
    public void Single_process_communicates_nothing()
    {
        var team = new DistributedContext(new MLContext(), group: null);
        Assert.AreEqual((true, true, 1), (team.IsSingleProcess, team.IsMainProcess, team.CountLocalProcesses()));
        Assert.AreEqual("", $"{team}");
        Assert.IsNull(team.CreateGradientAllReduce(signals: 1));
        Assert.AreEqual(3, team.RunOnAllRanks(() => 3));
        Assert.AreEqual(4, team.BroadcastFromMain(() => 4));
        CollectionAssert.AreEqual(new[] { "mine" }, team.AllGather("mine"));
        var tally = new BinaryMetricsAccumulator();
        Assert.AreSame(tally, team.MergeMetrics(tally));
        team.Abort(new InvalidOperationException());
    }

    [TestMethod]
    public void Group_of_one_is_a_single_process() => InMemoryProcessGroup.Run(1, one =>
    {
        Assert.IsTrue(DistributedContext.Create(new MLContext(), new() { ProcessGroup = one }).IsSingleProcess);
        Assert.IsTrue(DistributedContext.Create(new MLContext(), new()).IsSingleProcess);
        return true;
    });

    [TestMethod]
    public void Main_process_has_rank_0()
    {
        var found = Run(3, team => (team.IsSingleProcess, team.IsMainProcess, team.CountLocalProcesses()));

        CollectionAssert.AreEqual(new[] { (false, true, 3), (false, false, 3), (false, false, 3) }, found);
    }

    [TestMethod]
    public void Shard_follows_the_options()
    {
        var shares = InMemoryProcessGroup.Run(
            2, one => DistributedContext.Create(new MLContext(), new() { ProcessGroup = one }).CreateShard(new Options { BatchSize = 6, GradientAccumulationSteps = 2, InputIsSharded = true }));
        var alone = new DistributedContext(new MLContext(), null).CreateShard(new Options { BatchSize = 6, GradientAccumulationSteps = 2, InputIsSharded = true });

        CollectionAssert.AreEqual(new[] { DataShard.Create(0, 2, 12, false, true), DataShard.Create(1, 2, 12, false, true) }, shares);
        Assert.AreEqual(DataShard.CreateUnsharded(12, byLength: false), alone);
        Assert.AreEqual(DataShard.CreateUnsharded(6, byLength: true), new DistributedContext(new MLContext(), null).CreateShard(new Options { BatchSize = 6, BucketByLength = true }));
    }

    [TestMethod]
    public void RunOnAllRanks_returns_the_result_of_each_process() =>
        CollectionAssert.AreEqual(new[] { 0, 1, 2 }, InMemoryProcessGroup.Run(3, one => Of(one).RunOnAllRanks(() => one.Rank)));

    [TestMethod]
    public void Error_in_one_process_is_thrown_in_all_with_its_rank()
    {
        var errors = InMemoryProcessGroup.Run(3, one => Assert.Throws<Exception>(() => Of(one).RunOnAllRanks(() =>
        {
            if (one.Rank == 1)
                throw new FormatException("no such row: ü");
        })));

        Assert.AreEqual("no such row: ü", ((FormatException)errors[1]).Message);
        foreach (var rank in new[] { 0, 2 })
        {
            Assert.IsInstanceOfType<InvalidOperationException>(errors[rank]);
            Assert.AreEqual("Process 1 of 3 (ranks from 0): no such row: ü", errors[rank].Message);
            Assert.IsTrue(errors[rank].Data.Contains("ML_IsMarked"), "ML.NET's own errors are marked.");
        }
    }

    [TestMethod]
    public void Error_of_the_lowest_rank_is_reported_to_the_others()
    {
        var errors = InMemoryProcessGroup.Run(3, one => Assert.Throws<Exception>(() => Of(one).RunOnAllRanks(() =>
        {
            if (one.Rank > 0)
                throw new FormatException($"{one.Rank}");
        })));

        Assert.AreEqual("Process 1 of 3 (ranks from 0): 1", errors[0].Message);
        Assert.AreEqual("2", errors[2].Message);
    }

    [TestMethod]
    public void Cancellation_in_one_process_cancels_all()
    {
        var errors = InMemoryProcessGroup.Run(2, one => Assert.Throws<OperationCanceledException>(() => Of(one).RunOnAllRanks(() =>
        {
            if (one.Rank == 1)
                throw new OperationCanceledException("enough");
        })));

        Assert.AreEqual("Process 1 of 2 (ranks from 0): enough", errors[0].Message);
        Assert.IsTrue(errors[0].Data.Contains("ML_IsMarked"));
        Assert.AreEqual("enough", errors[1].Message);
    }

    [TestMethod]
    public void BroadcastFromMain_runs_once_and_reaches_all()
    {
        var asked = new int[3];

        var found = InMemoryProcessGroup.Run(3, one => Of(one).BroadcastFromMain(() =>
        {
            asked[one.Rank]++;
            return (Name: $"of {one.Rank}", Values: new float[] { one.Rank, float.NaN, float.PositiveInfinity }).ToTuple();
        }));

        CollectionAssert.AreEqual(new[] { 1, 0, 0 }, asked);
        foreach (var (name, values) in found)
        {
            Assert.AreEqual("of 0", name);
            CollectionAssert.AreEqual(new[] { 0, float.NaN, float.PositiveInfinity }, values);
        }

        Assert.IsNull(Run(2, team => team.BroadcastFromMain(() => (string?)null))[1]);
    }

    [TestMethod]
    public void BroadcastFromMain_error_is_thrown_in_all()
    {
        var errors = InMemoryProcessGroup.Run(2, one => Assert.Throws<Exception>(() => Of(one).BroadcastFromMain<int>(() => throw new FormatException("none"))));

        Assert.AreEqual("none", errors[0].Message);
        Assert.AreEqual("Process 0 of 2 (ranks from 0): none", errors[1].Message);
    }

    [TestMethod]
    public void AllGather_returns_the_values_by_rank()
    {
        foreach (var found in InMemoryProcessGroup.Run(3, one => Of(one).AllGather(Enumerable.Range(0, one.Rank).Select(i => (float)i).ToArray())))
        {
            CollectionAssert.AreEqual(Array.Empty<float>(), found[0]);
            CollectionAssert.AreEqual(new[] { 0f }, found[1]);
            CollectionAssert.AreEqual(new[] { 0f, 1f }, found[2]);
        }
    }

    [TestMethod]
    public void Merged_metrics_are_those_of_all_rows()
    {
        var found = InMemoryProcessGroup.Run(2, one =>
        {
            var mine = new BinaryMetricsAccumulator();
            mine.Add(one.Rank == 0 ? 1 : -2, one.Rank == 0, weight: 1 + one.Rank);
            return Of(one).MergeMetrics(mine).State;
        });
        var whole = new BinaryMetricsAccumulator();
        whole.Add(1, true);
        whole.Add(-2, false, 2);

        foreach (var state in found)
        {
            Assert.AreEqual((2L, 1L, whole.State.Loss, 3.0, 3.0), (state.Count, state.Positives, state.Loss, state.Correct, state.Weight));
            CollectionAssert.AreEqual(whole.State.Scores, state.Scores);
        }
    }

    /// <summary>Other processors round otherwise: weights that went apart are brought together.</summary>
    [TestMethod]
    public void Broadcast_learner_continues_from_the_state_of_the_main_process()
    {
        var found = InMemoryProcessGroup.Run(2, one =>
        {
            using var scope = torch.NewDisposeScope();
            using var network = AdversarialSamples.Network();
            using var learner = new DiscriminatorLearner(network) { Threads = 1 };
            for (var step = 0; step <= one.Rank; step++)
                learner.Step(AdversarialSamples.Sequences(3, seed: step + 10 * one.Rank), null, torch.ones(3));

            Of(one).BroadcastState(learner);

            return learner.GetState();
        });

        Assert.AreEqual((found[0].Steps, found[0].OptimizerSteps, found[0].Passes), (found[1].Steps, found[1].OptimizerSteps, found[1].Passes));
        CollectionAssert.AreEqual(found[0].Mean, found[1].Mean);
        CollectionAssert.AreEqual(found[0].Square, found[1].Square);
        Expect.SameWeights(found[0].Weights.ToDictionary(), found[1].Weights.ToDictionary());
        Assert.AreEqual(1, found[0].Steps);
    }

    [TestMethod]
    public void Process_with_another_training_is_named_in_all()
    {
        _ = Run(2, team => { team.VerifySameTraining(new([("Epochs", "3")])); return true; });

        var errors = InMemoryProcessGroup.Run(
            3, one => Assert.ThrowsExactly<InvalidOperationException>(() => Of(one).VerifySameTraining(new([("Epochs", one.Rank == 2 ? "4" : "3"), ("Seed", "1")]))));

        foreach (var error in errors)
            Assert.AreEqual("ProcessGroup: process 2 of 3 (ranks from 0) trains something else than the first one: Epochs is 4, there it is 3.", error.Message);
    }

    [TestMethod]
    public void Abort_ends_all_processes_with_the_reason()
    {
        var error = Assert.ThrowsExactly<InvalidOperationException>(() => InMemoryProcessGroup.Run(2, one =>
        {
            if (one.Rank == 1)
                Of(one).Abort(new FormatException("lost"));
            return Of(one).AllGather(1);
        }));

        Assert.AreEqual("Process 1 of 2 ends all of them: FormatException: lost", error.Message);
    }

    private static DistributedContext Of(InMemoryProcessGroup one) => new(new MLContext(), one);

    private static T[] Run<T>(int count, Func<DistributedContext, T> act) => InMemoryProcessGroup.Run(count, one => act(Of(one)));
}
