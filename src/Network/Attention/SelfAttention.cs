using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace MlNetNtd;

/// <summary>
/// Computes multi-head self-attention: the projections, around a kernel that computes softmax(Q K^T / sqrt(d) + mask) V.
/// </summary>
/// <remarks>The weights have the names and layout of PyTorch's nn.MultiheadAttention.</remarks>
internal sealed class SelfAttention : nn.Module
{
#pragma warning disable IDE0044 // TorchSharp assigns these fields by reflection when the module moves.
    [ComponentName(Name = "in_proj_weight")]
    private Parameter _inWeight;
    [ComponentName(Name = "in_proj_bias")]
    private Parameter _inBias;
#pragma warning restore IDE0044
    [ComponentName(Name = "out_proj")]
    private readonly LinearLayer _out;

    private readonly int _heads;
    private readonly Autocast _autocast;

    public SelfAttention(StateDictionary weights, string name)
        : base(nameof(SelfAttention))
    {
        _heads = weights.Config.Heads!.Value;
        _autocast = new Autocast(weights.Config.Precision);
        _inWeight = weights.ToParameter($"{name}.in_proj_weight");
        _inBias = weights.ToParameter($"{name}.in_proj_bias");
        _out = new LinearLayer(weights, $"{name}.out_proj");
        RegisterComponents();
    }

    /// <summary>Computes the attention of context and candidates.</summary>
    /// <param name="input">(B, T + T * K, D).</param>
    /// <param name="kernel">The attention kernel.</param>
    /// <returns>(B, T + T * K, D).</returns>
    public Tensor AttendBoth(Tensor input, IAttentionKernel kernel) => _out.forward(kernel.AttendBoth(Project(input, _inWeight, _inBias)));

    /// <summary>Computes the attention of the candidates. The queries of the context are not computed.</summary>
    /// <param name="input">The context, (B, T, D), and the candidates, (B, T * K, D).</param>
    /// <param name="kernel">The attention kernel.</param>
    /// <returns>(B, T * K, D).</returns>
    public Tensor AttendCandidates(ContextAndCandidates input, IAttentionKernel kernel)
    {
        var width = input.Context.shape[2];
        var candidates = Project(input.Candidates, _inWeight, _inBias);
        var context = Project(input.Context, _inWeight.narrow(0, width, 2 * width), _inBias.narrow(0, width, 2 * width));
        return _out.forward(kernel.AttendCandidates(candidates, context));
    }

    // (B, S, D) -> (B, S, parts, H, d): the weight has (parts * D, D) values.
    private Tensor Project(Tensor input, Tensor weight, Tensor bias)
    {
        var width = input.shape[2];
        return nn.functional.linear(input, _autocast.ToCompute(weight), _autocast.ToCompute(bias)).unflatten(2, [weight.shape[0] / width, _heads, width / _heads]);
    }
}
