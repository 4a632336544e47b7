using TorchSharp.Utils;
using static TorchSharp.torch;

namespace MlNetNtd;

/// <summary>Computes one pre-norm layer: x + attention(norm(x)), then x + feed-forward(norm(x)).</summary>
internal sealed class EncoderLayer : nn.Module
{
    [ComponentName(Name = "self_attn")]
    private readonly SelfAttention _attention;
    [ComponentName(Name = "linear1")]
    private readonly LinearLayer _linear1;
    [ComponentName(Name = "linear2")]
    private readonly LinearLayer _linear2;
    [ComponentName(Name = "norm1")]
    private readonly LayerNormLayer _attentionNorm;
    [ComponentName(Name = "norm2")]
    private readonly LayerNormLayer _feedForwardNorm;

    private readonly SeededDropout _dropout;

    public EncoderLayer(StateDictionary weights, string name, SeededDropout dropout)
        : base(nameof(EncoderLayer))
    {
        _dropout = dropout;
        _attention = new SelfAttention(weights, $"{name}.self_attn");
        _linear1 = new LinearLayer(weights, $"{name}.linear1");
        _linear2 = new LinearLayer(weights, $"{name}.linear2");
        _attentionNorm = new LayerNormLayer(weights, $"{name}.norm1");
        _feedForwardNorm = new LayerNormLayer(weights, $"{name}.norm2");
        RegisterComponents();
    }

    /// <summary>Encodes context and candidates: (B, T + T * K, D) to the same shape.</summary>
    public Tensor EncodeAll(Tensor input, IAttentionKernel kernel) =>
        Finish(input, _attention.AttendBoth(_attentionNorm.forward(input), kernel));

    /// <summary>Encodes the candidates of (B, T + T * K, D), which attend the context, too: (B, T * K, D).</summary>
    public Tensor EncodeCandidates(Tensor input, IAttentionKernel kernel)
    {
        // Norming each part by itself makes it contiguous, which products with weights need.
        var parts = ContextAndCandidates.Split(input, kernel.CandidatesPerToken);
        var normed = new ContextAndCandidates(_attentionNorm.forward(parts.Context), _attentionNorm.forward(parts.Candidates));
        return Finish(parts.Candidates, _attention.AttendCandidates(normed, kernel));
    }

    private Tensor Finish(Tensor input, Tensor attended)
    {
        var x = input.Add(_dropout.Apply(attended, training));
        var inner = nn.functional.gelu(_linear1.forward(_feedForwardNorm.forward(x)));
        var fed = _linear2.forward(_dropout.Apply(inner, training));
        return x.Add(_dropout.Apply(fed, training));
    }
}
