using MlNetNtd.Tests;
using static TorchSharp.torch;

namespace MlNetNtd.Examples.Tests;

/// <summary>Arithmetic with plain numbers, with a collector beside it.</summary>
[TestClass]
[DoNotParallelize]
public sealed class NumbersTests
{
    private const int Rounds = 5_000;

    [TestMethod]
    public void Numbers_are_what_they_were_whenever_the_collector_runs()
    {
        using var collector = new RunningCollector();
        for (var i = 0; i < Rounds; i++)
        {
            using var scope = NewDisposeScope();
            var x = tensor(new float[] { 1, -2, 4 });
            Expect(x.Squared(), 1, 4, 16);
            Expect(x.Plus(x), 2, -4, 8);
            Expect(x.Times(3), 3, -6, 12);
            Expect(x.Over(2), 0.5f, -1, 2);
            Expect(x.Within(-1, 2), 1, -1, 2);
            CollectionAssert.AreEqual(new[] { true, false, true }, x.AtLeast(1).data<bool>().ToArray());
            Assert.AreEqual(3, x.sum().Read());
        }
    }

    [TestMethod]
    public void What_is_done_in_place_is_whenever_the_collector_runs()
    {
        using var collector = new RunningCollector();
        for (var i = 0; i < Rounds; i++)
        {
            using var scope = NewDisposeScope();
            var x = tensor(new float[] { 1, -2, 4 });
            Expect(x.Scale(2), 2, -4, 8);
            Expect(x.Shift(1), 3, -3, 9);
            Expect(x.AddMultiple(x, -0.5), 1.5f, -1.5f, 4.5f);
            Expect(x.AddProduct(x, x, 2), 6, 3, 45);
            Expect(x.AddQuotient(x, x, 2), 8, 5, 47);
        }
    }

    private static void Expect(Tensor found, params float[] expected) =>
        CollectionAssert.AreEqual(expected, found.data<float>().ToArray());
}
