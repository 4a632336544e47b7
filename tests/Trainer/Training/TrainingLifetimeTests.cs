using Microsoft.ML;
using TorchSharp;
using Live = MlNetNtd.Tests.Tensors;

namespace MlNetNtd.Tests;

/// <summary>
/// A training does not accumulate tensors and leaves none. Live tensors are counted, so no other test runs at the same time.
/// </summary>
[TestClass]
[DoNotParallelize]
public sealed class TrainingLifetimeTests
{
    [TestMethod]
    [DataRow(1)]
    [DataRow(2)]
    public void Epoch_leaves_no_tensor(int threads) => WithThreads(threads, () =>
    {
        var context = new MLContext(seed: 1);
        var counts = new List<long>();

        Trainers.Small(context, options => (options.Engine, options.Epochs, options.ValidationFraction, options.Patience) = (EngineKind.Torch, 6, 0.2, null), _ => counts.Add(torch.Tensor.TotalCount))
            .Fit(Trainers.Transformed(context, Samples.View(context, 40))).Dispose();

        Assert.HasCount(6, counts);
        // The first epoch makes what all of them need.
        foreach (var count in counts.Skip(2))
            Assert.IsLessThanOrEqualTo(counts[1], count, string.Join(' ', counts));
    });

    [TestMethod]
    [DataRow(1)]
    [DataRow(2)]
    public void Training_leaves_no_tensor(int threads) => WithThreads(threads, () =>
    {
        var context = new MLContext(seed: 1);
        using var scorer = Trainers.Fit(context, UseTorch);
        using var network = scorer.CreateNetwork();
        // A network a thread.
        var lost = threads * network.parameters().Count() * Live.LeftByOneParameter();

        Assert.AreEqual(lost, Live.LeftBy(() => Trainers.Fit(context, UseTorch).Dispose()));
    });

    private static void UseTorch(NextTokenDiscriminatorTrainer.Options options) => options.Engine = EngineKind.Torch;

    private static void WithThreads(int threads, Action act)
    {
        var before = torch.get_num_threads();
        torch.set_num_threads(threads);
        try
        {
            act();
        }
        finally
        {
            torch.set_num_threads(before);
        }
    }
}
