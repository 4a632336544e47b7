using MlNetNtd.Soak;
using TorchSharp;

namespace MlNetNtd.Tests;

/// <summary>Runs tests/Soak briefly: a tensor that leaks each time shows after a few repetitions.</summary>
[TestClass]
[DoNotParallelize]
public sealed class SoakTests
{
    public static IEnumerable<object[]> Phases =>
    [
        [SoakPhases.Blocks(TestRun.Count(1_000, 200))],
        [SoakPhases.Steps(TestRun.Count(300, 60))],
        [SoakPhases.Loads(TestRun.Count(60, 20))],
    ];

    [TestMethod]
    [DynamicData(nameof(Phases))]
    public void Repetition_leaves_no_tensor(object phase) =>
        Assert.AreEqual(0, ((SoakPhase)phase).Run(TextWriter.Null).TensorsLeft);

    [TestMethod]
    public void Phase_that_leaks_a_tensor_each_time_is_reported()
    {
        var kept = new List<torch.Tensor>();
        var leaking = new SoakPhase("leaks", 20, () => new SoakWork(
            times => kept.AddRange(Enumerable.Range(0, times).Select(_ => torch.zeros(1).DetachFromDisposeScope())), 0, () => { }));

        Assert.AreEqual(18, leaking.Run(TextWriter.Null).TensorsLeft);
        kept.ForEach(tensor => tensor.Dispose());
    }
}
