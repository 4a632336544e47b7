using static TorchSharp.torch;

namespace MlNetNtd.Autograd.Tests;

/// <summary>Compares gradients with what they are the limit of.</summary>
internal static class FiniteDifferences
{
    private const double Step = 1e-6;
    private const double Tolerance = 2e-7;

    /// <summary>
    /// Differentiates a weighted sum of the function's results, which no gradient survives that is right only for equal
    /// weights, with respect to every element of every input. All in double precision.
    /// </summary>
    public static void Check(Func<Tensor[], Tensor> function, params Tensor[] inputs)
    {
        using var scope = NewDisposeScope();
        var leaves = Array.ConvertAll(inputs, input => input.detach().clone().requires_grad_());
        var result = function(leaves);
        Assert.IsTrue(result.requires_grad, "The result is outside the graph.");
        var weights = Weights(result.shape);
        result.mul(weights).sum().backward();

        for (var i = 0; i < leaves.Length; i++)
        {
            using var gradient = leaves[i].grad;
            Assert.IsNotNull(gradient, $"Input {i} got no gradient.");
            CollectionAssert.AreEqual(leaves[i].shape, gradient.shape);
            var actual = gradient.Doubles();
            var expected = Differences(function, leaves, i, weights);
            for (var at = 0; at < expected.Length; at++)
            {
                Assert.AreEqual(
                    expected[at], actual[at], Tolerance * (1 + Math.Abs(expected[at])), $"Input {i}, element {at}.");
            }
        }
    }

    private static double[] Differences(Func<Tensor[], Tensor> function, Tensor[] inputs, int varied, Tensor weights)
    {
        using var unrecorded = no_grad();
        var values = inputs[varied].Doubles();
        return [.. values.Select((_, at) => (At(at, Step) - At(at, -Step)) / (2 * Step))];

        double At(int element, double move)
        {
            using var scope = NewDisposeScope();
            var moved = (double[])values.Clone();
            moved[element] += move;
            var changed = (Tensor[])inputs.Clone();
            changed[varied] = tensor(moved, inputs[varied].shape);
            return function(changed).mul(weights).sum().item<double>();
        }
    }

    private static Tensor Weights(long[] shape)
    {
        var count = shape.Aggregate(1L, (product, size) => product * size);
        return tensor([.. Enumerable.Range(0, (int)count).Select(i => 0.5 + Math.Sin(1 + (2.3 * i)))], shape);
    }
}
