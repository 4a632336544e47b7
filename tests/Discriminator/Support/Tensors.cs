using static TorchSharp.torch;

namespace MlNetNtd.Discriminator.Tests;

/// <summary>Tensors for tests, and how close two are.</summary>
internal static class Tensors
{
    /// <summary>Values between -1 and 1.</summary>
    public static Tensor Random(Random random, params long[] shape) =>
        tensor(Samples.Values(random, (int)shape.Aggregate((count, size) => count * size)), shape);

    /// <summary>The rule as a dense additive mask, (2T, 2T).</summary>
    public static Tensor RuleMask(int tokens)
    {
        var values = new float[NextTokenMask.Count(tokens)];
        NextTokenMask.FillAdditive(values, tokens, tokens);
        return tensor(values, [2 * tokens, 2 * tokens]);
    }

    /// <summary>The same shape, and no value further off than a tolerance.</summary>
    public static void Close(Tensor expected, Tensor found, double tolerance, string what)
    {
        CollectionAssert.AreEqual(expected.shape, found.shape, what);
        var furthest = expected.sub(found).abs().max().item<float>();
        Assert.IsLessThanOrEqualTo(tolerance, furthest, what);
    }
}
