using System.Runtime.CompilerServices;

namespace MlNetNtd;

/// <summary>Reductions of rows to one value.</summary>
internal static unsafe class Reductions<TOps, TVector>
    where TOps : IVectorOps<TVector>
    where TVector : struct
{
    /// <summary>Computes the dot product of two rows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static float Dot(float* left, float* right, int size)
    {
        var sums = TOps.Broadcast(0);
        var i = 0;
        for (; i <= size - TOps.Count; i += TOps.Count)
            sums = TOps.MultiplyAdd(TOps.Load(left + i), TOps.Load(right + i), sums);
        var sum = TOps.Sum(sums);
        for (; i < size; i++)
            sum += left[i] * right[i];
        return sum;
    }
}
