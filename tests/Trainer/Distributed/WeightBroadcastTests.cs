using Microsoft.ML;

namespace MlNetNtd.Tests;

/// <summary>Processes whose hardware rounds differently begin each epoch with the weights of the main process.</summary>
[TestClass]
public sealed class WeightBroadcastTests
{
    [TestMethod]
    [DataRow(1)]
    [DataRow(3)]
    public void Weights_after_an_epoch_are_those_of_the_main_process(int epochs)
    {
        var scorers = InMemoryProcessGroup.Run(2, one =>
        {
            var context = new MLContext(seed: 1);
            return Trainers.Small(context, options => (options.ProcessGroup, options.Epochs) = (new Rounding(one), epochs))
                .Fit(Trainers.Transformed(context, Samples.View(context, 40)));
        });

        Expect.SameWeights(scorers[0].Weights(), scorers[1].Weights());
        CollectionAssert.AreEqual(scorers[0].History.ToArray(), scorers[1].History.ToArray());
        Array.ForEach(scorers, scorer => scorer.Dispose());
    }

    // The sum of the gradients comes out a little different in the second process; what goes with them does not.
    private sealed class Rounding(InMemoryProcessGroup inner) : IProcessGroup
    {
        private const int Beside = 2 + StepSignals.Count;

        public int Rank => inner.Rank;

        public int WorldSize => inner.WorldSize;

        public void AllReduceSum(Span<float> values)
        {
            inner.AllReduceSum(values);
            foreach (ref var value in values[..^Beside])
                value *= 1 + 1e-4f * Rank;
        }

        public void Broadcast(Span<byte> values) => inner.Broadcast(values);

        public byte[][] AllGather(ReadOnlySpan<byte> mine) => inner.AllGather(mine);

        public void Abort(string reason) => inner.Abort(reason);
    }
}
