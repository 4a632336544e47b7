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

/// <summary>Creates forward passes of one network for one vector width.</summary>
internal sealed class ForwardEngine
{
    private readonly VectorWidth _width;
    private readonly ForwardWeights _weights;

    /// <summary>Packs the weights.</summary>
    /// <param name="weights">The weights.</param>
    /// <param name="width">The vector width; null: the widest that the processor has.</param>
    public ForwardEngine(StateDictionary weights, VectorWidth? width = null)
    {
        _width = width ?? Widest;
        _weights = new ForwardWeights(weights, 2 * GetCount(_width));
    }

    /// <summary>Gets the widest vectors that this processor computes with.</summary>
    public static VectorWidth Widest =>
        Vector512.IsHardwareAccelerated ? VectorWidth.Bits512
        : Vector256.IsHardwareAccelerated ? VectorWidth.Bits256
        : Vector128.IsHardwareAccelerated ? VectorWidth.Bits128
        : VectorWidth.Scalar;

    /// <summary>Creates a pass with working memory of its own.</summary>
    public ForwardPass CreatePass()
    {
        var attention = CreateAttention();
        return _width switch
        {
            VectorWidth.Bits512 => new ForwardPass<Vector512Ops, Vector512<float>>(_weights, attention),
            VectorWidth.Bits256 => new ForwardPass<Vector256Ops, Vector256<float>>(_weights, attention),
            VectorWidth.Bits128 => new ForwardPass<Vector128Ops, Vector128<float>>(_weights, attention),
            _ => new ForwardPass<ScalarOps, float>(_weights, attention),
        };
    }

    // Wider vectors are of no use to heads that do not fill a tile.
    private AttentionForwardKernel CreateAttention()
    {
        var size = _weights.Width / _weights.Heads;
        var width = _width;
        while (width > VectorWidth.Bits128 && PackedMatrix.RoundUp(size, 2 * GetCount(width)) > PackedMatrix.RoundUp(size, GetCount(width)))
            width = width == VectorWidth.Bits512 ? VectorWidth.Bits256 : VectorWidth.Bits128;
        return width switch
        {
            VectorWidth.Bits512 => new AttentionForwardKernel<Vector512Ops, Vector512<float>>(),
            VectorWidth.Bits256 => new AttentionForwardKernel<Vector256Ops, Vector256<float>>(),
            VectorWidth.Bits128 => new AttentionForwardKernel<Vector128Ops, Vector128<float>>(),
            _ => new AttentionForwardKernel<ScalarOps, float>(),
        };
    }

    private static int GetCount(VectorWidth width) => width == VectorWidth.Scalar ? 1 : (int)width / 32;
}
