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

    /// <summary>Gets the learned embedding of position 0; null if it is not learned.</summary>
    public float[]? InitialEmbedding => _weights.InitialEmbedding;

    /// <summary>Creates an empty cache of a sequence's keys and values, in the layout that incremental passes read.</summary>
    public KeyValueCache CreateCache() => new(_weights.Layers.Length, _weights.Heads, _weights.Width / _weights.Heads, CreateCachedAttention());

    /// <summary>Creates an incremental pass with working memory of its own.</summary>
    public IncrementalPass CreateIncrementalPass() => _width switch
    {
        VectorWidth.Bits512 => new IncrementalPass<Vector512Ops, Vector512<float>>(_weights, CreateCachedAttention()),
        VectorWidth.Bits256 => new IncrementalPass<Vector256Ops, Vector256<float>>(_weights, CreateCachedAttention()),
        VectorWidth.Bits128 => new IncrementalPass<Vector128Ops, Vector128<float>>(_weights, CreateCachedAttention()),
        _ => new IncrementalPass<ScalarOps, float>(_weights, CreateCachedAttention()),
    };

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

    private CachedAttentionKernel CreateCachedAttention() => VectorWidths.CreateCachedAttention(_weights.Width / _weights.Heads, _width);
}
