using System.Runtime.Intrinsics;

namespace MlNetNtd;

/// <summary>The widths of vectors that the kernels are compiled for.</summary>
internal enum VectorWidth
{
    /// <summary>One value at a time.</summary>
    Scalar = 1,

    /// <summary>128 bits: Arm, and x86 without AVX2.</summary>
    Bits128 = 128,

    /// <summary>256 bits: AVX2.</summary>
    Bits256 = 256,

    /// <summary>512 bits: AVX-512.</summary>
    Bits512 = 512,
}

/// <summary>Chooses vector widths.</summary>
internal static class VectorWidths
{
    /// <summary>Gets the widest vectors that this processor computes with.</summary>
    public static VectorWidth Widest =>
        Vector512.IsHardwareAccelerated ? VectorWidth.Bits512
        : Vector256.IsHardwareAccelerated ? VectorWidth.Bits256
        : Vector128.IsHardwareAccelerated ? VectorWidth.Bits128
        : VectorWidth.Scalar;

    /// <summary>Gets the columns of a tile.</summary>
    public static int GetTileColumns(this VectorWidth width) => 2 * GetCount(width);

    /// <summary>Creates the forward attention kernel for heads of a size.</summary>
    /// <param name="size">The dimension of a head.</param>
    /// <param name="width">The widest vectors.</param>
    public static AttentionForwardKernel CreateForwardAttention(int size, VectorWidth width) => GetWidthOfHead(size, width) switch
    {
        VectorWidth.Bits512 => new AttentionForwardKernel<Vector512Ops, Vector512<float>>(),
        VectorWidth.Bits256 => new AttentionForwardKernel<Vector256Ops, Vector256<float>>(),
        VectorWidth.Bits128 => new AttentionForwardKernel<Vector128Ops, Vector128<float>>(),
        _ => new AttentionForwardKernel<ScalarOps, float>(),
    };

    /// <summary>Creates the backward attention kernel for heads of a size.</summary>
    /// <param name="size">The dimension of a head.</param>
    /// <param name="width">The widest vectors.</param>
    public static AttentionBackwardKernel CreateBackwardAttention(int size, VectorWidth width) => GetWidthOfHead(size, width) switch
    {
        VectorWidth.Bits512 => new AttentionBackwardKernel<Vector512Ops, Vector512<float>>(),
        VectorWidth.Bits256 => new AttentionBackwardKernel<Vector256Ops, Vector256<float>>(),
        VectorWidth.Bits128 => new AttentionBackwardKernel<Vector128Ops, Vector128<float>>(),
        _ => new AttentionBackwardKernel<ScalarOps, float>(),
    };

    /// <summary>Creates the attention kernel over cached keys and values for heads of a size.</summary>
    /// <param name="size">The dimension of a head.</param>
    /// <param name="width">The widest vectors.</param>
    public static CachedAttentionKernel CreateCachedAttention(int size, VectorWidth width) => GetWidthOfHead(size, width) switch
    {
        VectorWidth.Bits512 => new CachedAttentionKernel<Vector512Ops, Vector512<float>>(),
        VectorWidth.Bits256 => new CachedAttentionKernel<Vector256Ops, Vector256<float>>(),
        VectorWidth.Bits128 => new CachedAttentionKernel<Vector128Ops, Vector128<float>>(),
        _ => new CachedAttentionKernel<ScalarOps, float>(),
    };

    // Wider vectors are of no use to heads that fill half of one at most.
    private static VectorWidth GetWidthOfHead(int size, VectorWidth width)
    {
        while (width > VectorWidth.Bits128 && size <= GetCount(width) / 2)
            width = width == VectorWidth.Bits512 ? VectorWidth.Bits256 : VectorWidth.Bits128;
        return width;
    }

    private static int GetCount(VectorWidth width) => width == VectorWidth.Scalar ? 1 : (int)width / 32;
}
