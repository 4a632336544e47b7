using MlNetNtd.Soak;
using TorchSharp;

namespace MlNetNtd.Tests;

/// <summary>tests/Soak at a length that is over in seconds: what leaks a tensor each time shows after a few.</summary>
[TestClass]
[DoNotParallelize]
public sealed class SoakTests
{
    public static IEnumerable<object[]> Phases => [[SoakPhases.Blocks(1_000)], [SoakPhases.Steps(300)], [SoakPhases.Loads(60)]];

    [TestMethod]
    [DynamicData(nameof(Phases))]
    public void Nothing_stays(object phase) =>
        Assert.AreEqual(0, ((SoakPhase)phase).Run(TextWriter.Null).TensorsLeft);

    [TestMethod]
    public void A_tensor_left_each_time_would_show()
    {
        var kept = new List<torch.Tensor>();
        var leaking = new SoakPhase("leaks", 20, () => new SoakWork(
            times => kept.AddRange(Enumerable.Range(0, times).Select(_ => torch.zeros(1).DetachFromDisposeScope())), 0, () => { }));

        Assert.AreEqual(18, leaking.Run(TextWriter.Null).TensorsLeft);
        kept.ForEach(tensor => tensor.Dispose());
    }
}
