using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace MlNetNtd.Examples.TextGan;

/// <summary>Makes tensors whose products are the same bits every time.</summary>
internal static class Aligned
{
    /// <summary>A tensor of some values, on the CPU.</summary>
    /// <remarks>
    /// <c>torch.tensor</c> leaves the values where .NET has them, at any address, and by the address the matrix kernels
    /// choose the order of their sums. Memory of libtorch's own begins at a multiple of 64 bytes.
    /// </remarks>
    public static Tensor Tensor(float[] values, params long[] shape)
    {
        var result = empty(shape, dtype: ScalarType.Float32, device: CPU);
        MemoryMarshal.AsBytes(values.AsSpan()).CopyTo(result.bytes);
        return result;
    }
}
