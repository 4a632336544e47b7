using static TorchSharp.torch;

namespace MlNetNtd.Autograd.Tests;

/// <summary>Tensors to test with, and out of them.</summary>
internal static class Tensors
{
    /// <summary>Values between -2 and 2 that lie apart from each other and from 0, without a pattern.</summary>
    public static Tensor Values(params long[] shape) => Shaped(shape, i => 2 * Math.Sin(0.7 + (1.9 * i) + (0.1 * i * i)));

    /// <summary>Values between 0.3 and 2.3.</summary>
    public static Tensor Positive(params long[] shape) => Shaped(shape, i => 1.3 + Math.Sin(0.4 + (1.7 * i)));

    public static double[] Doubles(this Tensor tensor)
    {
        using var scope = NewDisposeScope();
        return tensor.detach().to(ScalarType.Float64).contiguous().data<double>().ToArray();
    }

    public static void AreClose(IReadOnlyList<double> expected, Tensor actual, double tolerance = 1e-12)
    {
        var values = actual.Doubles();
        Assert.HasCount(expected.Count, values);
        for (var i = 0; i < values.Length; i++)
            Assert.AreEqual(expected[i], values[i], tolerance * (1 + Math.Abs(expected[i])), $"Element {i}.");
    }

    private static Tensor Shaped(long[] shape, Func<int, double> value)
    {
        var count = shape.Aggregate(1L, (product, size) => product * size);
        return tensor([.. Enumerable.Range(0, (int)count).Select(value)], shape);
    }
}
