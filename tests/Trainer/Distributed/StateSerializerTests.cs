namespace MlNetNtd.Tests;

/// <summary>A state reaches other processes unchanged.</summary>
[TestClass]
public sealed class StateSerializerTests
{
    [TestMethod]
    public void Written_state_is_read()
    {
        var state = new TrainingState
        {
            Epoch = 3,
            Batches = 7,
            Seconds = 1.5,
            Skipped = 2,
            History = [new(1, 3, new(0.5, 0.25, double.NaN), null, 10, IsBest: true)],
            Best = new Dictionary<string, float[]> { ["a"] = [1, float.NaN, -0f], ["b"] = [], ["ü"] = [float.NegativeInfinity] },
            Metrics = new(4, 3, 2, 1, 5) { Scores = [1, 0, 2], Bins = [(7, 0.1, 0.2), (int.MaxValue, 3, 4)] },
        };

        var found = StateSerializer.Read<TrainingState>(StateSerializer.Write(state));

        Assert.AreEqual((3, 7, 1.5, 2), (found.Epoch, found.Batches, found.Seconds, found.Skipped));
        CollectionAssert.AreEqual(state.History.ToArray(), found.History.ToArray());
        CollectionAssert.AreEqual(state.Best.Keys.ToArray(), found.Best.Keys.ToArray());
        foreach (var (name, values) in state.Best)
            CollectionAssert.AreEqual(Array.ConvertAll(values, BitConverter.SingleToInt32Bits), Array.ConvertAll(found.Best[name], BitConverter.SingleToInt32Bits));
        CollectionAssert.AreEqual(state.Metrics.Scores, found.Metrics.Scores);
        CollectionAssert.AreEqual(state.Metrics.Bins, found.Metrics.Bins);
        Assert.AreEqual((4L, 3L, 2.0, 1.0, 5.0), (found.Metrics.Count, found.Metrics.Positives, found.Metrics.Loss, found.Metrics.Correct, found.Metrics.Weight));
    }

    /// <summary>Arrays of floats lie behind the text as they are, four bytes a number.</summary>
    [TestMethod]
    public void Arrays_take_no_more_than_their_bytes() =>
        Assert.IsLessThan(4 * 100_000 + 100, StateSerializer.Write(Enumerable.Repeat(0.123456789f, 100_000).ToArray()).Length);

    /// <summary>Block by block, so that together they may be longer than any array of bytes.</summary>
    [TestMethod]
    public void Arrays_longer_than_a_block_reach_every_process_unchanged()
    {
        var state = new TrainingState
        {
            Best = new Dictionary<string, float[]> { ["long"] = [.. Enumerable.Range(0, (1 << 22) + 3).Select(i => (float)i)], ["none"] = [], ["whole"] = new float[1 << 22] },
        };

        var found = InMemoryProcessGroup.Run(2, one => new DistributedContext(new Microsoft.ML.MLContext(), one).BroadcastFromMain(() => one.Rank == 0 ? state : throw new InvalidOperationException()));

        foreach (var one in found)
        {
            CollectionAssert.AreEqual(state.Best.Keys.ToArray(), one.Best.Keys.ToArray());
            Assert.IsTrue(state.Best.All(entry => entry.Value.AsSpan().SequenceEqual(one.Best[entry.Key])));
        }
    }
}
