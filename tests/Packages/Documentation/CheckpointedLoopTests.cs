namespace MlNetNtd.Packages.Tests;

/// <summary>The loop of docs/large-training.md that keeps its own checkpoints.</summary>
[TestClass]
public sealed class CheckpointedLoopTests
{
    private const int Steps = 5;

    [TestMethod]
    public void Loop_that_is_stopped_continues_from_its_checkpoint()
    {
        using var folder = new TemporaryFolder();
        var path = folder.Combine("gan.checkpoint");
        var dataHash = "0123abcd";

        Assert.ThrowsExactly<OperationCanceledException>(() => Train(path, dataHash, stopAt: 3));
        var steps = Train(path, dataHash, stopAt: null);

        Assert.AreEqual(Steps - 3, steps);
        Assert.AreEqual(0, Train(path, dataHash, stopAt: null));
        StringAssert.Contains(Assert.Throws<InvalidOperationException>(() => Train(path, "another", stopAt: null)).Message, "another");
    }

    private static int Train(string path, string dataHash, int? stopAt)
    {
        var steps = 0;
        LoopState TakeStep(LoopState before)
        {
            steps++;
            return before.Step == stopAt ? throw new OperationCanceledException() : new(before.Step + 1, [.. before.GeneratorWeights.Select(value => value + 1)]);
        }

        using var checkpoint = new TrainingCheckpoint<LoopState>(path, [new("seed", "1"), new("data", dataHash)]);
        var state = checkpoint.Read() ?? new LoopState(0, [0, 0]);      // null: no file yet; an error: another training's, or damaged
        while (state.Step < Steps)
        {
            state = TakeStep(state);        // one step of both sides; the state holds learner.GetState() too
            checkpoint.Write(state);
        }

        return steps;
    }

    private sealed record LoopState(int Step, float[] GeneratorWeights);
}
