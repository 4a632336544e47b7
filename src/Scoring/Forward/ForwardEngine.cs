using System.Runtime.Intrinsics;

namespace MlNetNtd;

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
        _width = width ?? VectorWidths.Widest;
        _weights = new ForwardWeights(weights, _width.GetTileColumns());
    }

    /// <summary>Creates a pass with working memory of its own.</summary>
    public ForwardPass CreatePass()
    {
        var attention = VectorWidths.CreateForwardAttention(_weights.Width / _weights.Heads, _width);
        return _width switch
        {
            VectorWidth.Bits512 => new ForwardPass<Vector512Ops, Vector512<float>>(_weights, attention),
            VectorWidth.Bits256 => new ForwardPass<Vector256Ops, Vector256<float>>(_weights, attention),
            VectorWidth.Bits128 => new ForwardPass<Vector128Ops, Vector128<float>>(_weights, attention),
            _ => new ForwardPass<ScalarOps, float>(_weights, attention),
        };
    }
}
