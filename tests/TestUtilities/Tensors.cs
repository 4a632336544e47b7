using TorchSharp.Modules;
using static TorchSharp.torch;

namespace MlNetNtd.Tests;

/// <summary>Makes and compares tensors, and counts live ones.</summary>
internal static class Tensors
{
    /// <summary>The values, row-major.</summary>
    public static float[] Floats(this Tensor tensor) => tensor.data<float>().ToArray();

    /// <summary>The values, row-major.</summary>
    public static bool[] Bools(this Tensor tensor) => tensor.data<bool>().ToArray();

    /// <summary>Stacks rows of equal length into tensors, (B, T, C).</summary>
    public static (Tensor Previous, Tensor Current) Batch(SequencePair[] rows, int tokens, int dimension)
    {
        long[] shape = [rows.Length, tokens, dimension];
        return (
            tensor(rows.SelectMany(row => row.Previous).ToArray(), shape),
            tensor(rows.SelectMany(row => row.Current).ToArray(), shape));
    }

    /// <summary>Draws values between -1 and 1.</summary>
    /// <remarks>
    /// The copy lies in libtorch's memory. A tensor over a .NET array starts wherever the array does, and the last bits of a matrix
    /// product depend on that.
    /// </remarks>
    public static Tensor Random(Random random, params long[] shape)
    {
        using var values = tensor(Samples.Values(random, (int)shape.Aggregate((count, size) => count * size)), shape);
        return values.clone();
    }

    /// <summary>The next-token rule as a dense additive mask, (2T, 2T).</summary>
    public static Tensor RuleMask(int tokens)
    {
        var values = new float[NextTokenMask.Count(tokens)];
        NextTokenMask.FillAdditive(values, tokens, tokens);
        return tensor(values, [2 * tokens, 2 * tokens]);
    }

    /// <summary>Asserts that two tensors have the same shape and differ by no more than a tolerance anywhere.</summary>
    public static void Close(Tensor expected, Tensor found, double tolerance, string what)
    {
        CollectionAssert.AreEqual(expected.shape, found.shape, what);
        var furthest = expected.sub(found).abs().max().item<float>();
        Assert.IsLessThanOrEqualTo(tolerance, furthest, what);
    }

    /// <summary>
    /// Counts how many more tensors live after an action than before. The count is of the whole process, so only tests that
    /// run alone can use it.
    /// </summary>
    public static long LeftBy(Action action)
    {
        // Tensors that other tests dropped must not be finalized while this one counts.
        GC.Collect();
        GC.WaitForPendingFinalizers();
        var before = Tensor.TotalCount;
        action();
        return Tensor.TotalCount - before;
    }

    /// <summary>
    /// What <see cref="LeftBy"/> returns for one parameter that was made and disposed. It ought to be 0, but TorchSharp 0.102
    /// never stops counting the tensor that a parameter is made of, though it is empty.
    /// </summary>
    public static long LeftByOneParameter() => LeftBy(() => new Parameter(zeros(1, 1, 4)).Dispose());
}
