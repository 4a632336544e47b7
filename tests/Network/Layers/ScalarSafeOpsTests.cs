using static TorchSharp.torch;

namespace MlNetNtd.Tests;

/// <summary>
/// Scalar operations while the garbage collector runs: those of TorchSharp fail, or compute garbage, within hundreds of calls.
/// </summary>
[TestClass]
[DoNotParallelize]
public sealed class ScalarSafeOpsTests
{
    private static readonly int Rounds = TestRun.Count(5_000, 1_000);

    [TestMethod]
    public void Results_are_correct_while_the_garbage_collector_runs()
    {
        using var collector = new GcPressure();
        for (var i = 0; i < Rounds; i++)
        {
            using var scope = NewDisposeScope();
            var x = tensor(new float[] { 1, -2, 4 });
            Expect(x.Square(), 1, 4, 16);
            Expect(x.Add(x), 2, -4, 8);
            Expect(x.AddScalar(0.5), 1.5f, -1.5f, 4.5f);
            Expect(x.Mul(3), 3, -6, 12);
            Expect(x.Div(2), 0.5f, -1, 2);
            Expect(x.Clamp(-1, 2), 1, -1, 2);
            CollectionAssert.AreEqual(new[] { true, false, true }, x.Ge(1).data<bool>().ToArray());
            Expect(x.Ge(1).ToAdditiveMask(ScalarType.Float32), float.NegativeInfinity, 0, float.NegativeInfinity);
            Assert.AreEqual(3, x.sum().ItemSingle());
        }
    }

    [TestMethod]
    public void In_place_results_are_correct_while_the_garbage_collector_runs()
    {
        using var collector = new GcPressure();
        for (var i = 0; i < Rounds; i++)
        {
            using var scope = NewDisposeScope();
            var x = tensor(new float[] { 1, -2, 4 });
            Expect(x.Mul_(2), 2, -4, 8);
            Expect(x.AddScalar_(1), 3, -3, 9);
            Expect(x.Add_(x, -0.5), 1.5f, -1.5f, 4.5f);
            Expect(x.AddCMul_(x, x, 2), 6, 3, 45);
            Expect(x.AddCDiv_(x, x, 2), 8, 5, 47);
            Expect(x.Lerp_(zeros(3), 0.5), 4, 2.5f, 23.5f);
            Expect(x.Add_(x), 8, 5, 47);
            Expect(x.Fill_(7), 7, 7, 7);
            Expect(x, 7, 7, 7);
        }
    }

    [TestMethod]
    public void Gradients_pass_through()
    {
        using var scope = NewDisposeScope();
        var x = tensor(new float[] { 1, -2 }).requires_grad_();

        x.Square().Mul(3).Add(x).AddScalar(1).Div(2).sum().backward();

        Expect(x.grad!, 3.5f, -5.5f);
    }

    private static void Expect(Tensor found, params float[] expected) =>
        CollectionAssert.AreEqual(expected, found.data<float>().ToArray());
}
