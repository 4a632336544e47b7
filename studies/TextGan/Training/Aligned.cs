using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace MlNetNtd.Studies.TextGan;

/// <summary>Creates tensors whose products have the same bits every time.</summary>
internal static class Aligned
{
    /// <summary>Creates a tensor on the CPU.</summary>
    /// <remarks>
    /// <c>torch.tensor</c> uses .NET's memory, at any address, and matrix kernels choose the order of their sums by the address.
    /// Libtorch's own memory begins at a multiple of 64 bytes.
    /// </remarks>
    public static Tensor Tensor(float[] values, params long[] shape)
    {
        var result = empty(shape, dtype: ScalarType.Float32, device: CPU);
        MemoryMarshal.AsBytes(values.AsSpan()).CopyTo(result.bytes);
        return result;
    }
}
