using TorchSharp.Modules;
using static TorchSharp.torch;

namespace MlNetNtd.Tests;

/// <summary>Tensors in and out of arrays, and how many of them live.</summary>
internal static class Tensors
{
    /// <summary>The values, row-major.</summary>
    public static float[] Floats(this Tensor tensor) => tensor.data<float>().ToArray();

    /// <summary>The values, row-major.</summary>
    public static bool[] Bools(this Tensor tensor) => tensor.data<bool>().ToArray();

    /// <summary>Rows of equal length as one tensor, (B, T, C).</summary>
    public static (Tensor Previous, Tensor Current) Batch(SequencePair[] rows, int tokens, int dimension)
    {
        long[] shape = [rows.Length, tokens, dimension];
        return (
            tensor(rows.SelectMany(row => row.Previous).ToArray(), shape),
            tensor(rows.SelectMany(row => row.Current).ToArray(), shape));
    }

    /// <summary>
    /// How many more tensors live after an action than before. For tests that run alone only: the count is of the
    /// whole process.
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
    /// What <see cref="LeftBy"/> says of one parameter that was made and disposed. It ought to be 0, but TorchSharp 0.102
    /// counts the tensor that a parameter is made of for ever, though it is empty.
    /// </summary>
    public static long LeftByOneParameter() => LeftBy(() => new Parameter(zeros(1, 1, 4)).Dispose());
}
