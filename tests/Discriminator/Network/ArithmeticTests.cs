using MlNetNtd.Tests;
using static TorchSharp.torch;

namespace MlNetNtd.Discriminator.Tests;

/// <summary>Arithmetic with plain numbers, with a collector beside it.</summary>
[TestClass]
[DoNotParallelize]
public sealed class ArithmeticTests
{
    [TestMethod]
    public void Squares_are_squares_whenever_the_collector_runs()
    {
        using var numbers = tensor(new float[] { 1, -2, 3, 0.5f });
        using var collector = new RunningCollector();
        for (var i = 0; i < 20_000; i++)
        {
            using var squares = numbers.Squared();
            CollectionAssert.AreEqual(new float[] { 1, 4, 9, 0.25f }, squares.data<float>().ToArray());
        }
    }
}
