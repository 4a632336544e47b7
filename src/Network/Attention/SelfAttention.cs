using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace MlNetNtd;

/// <summary>softmax(Q K^T / sqrt(d) + mask) V, by heads: the projections around it. How the middle is computed is the form's affair.</summary>
/// <remarks>Names and layout of the weights are those of PyTorch's nn.MultiheadAttention.</remarks>
internal sealed class SelfAttention : nn.Module
{
#pragma warning disable IDE0044 // Written by reflection when the module moves.
    [ComponentName(Name = "in_proj_weight")]
    private Parameter _inWeight;
    [ComponentName(Name = "in_proj_bias")]
    private Parameter _inBias;
#pragma warning restore IDE0044
    [ComponentName(Name = "out_proj")]
    private readonly LinearLayer _out;

    private readonly int _heads;
    private readonly Autocast _numbers;

    public SelfAttention(StateDictionary weights, string name)
        : base(nameof(SelfAttention))
    {
        _heads = weights.Config.Heads!.Value;
        _numbers = weights.Autocast;
        _inWeight = weights.ToParameter($"{name}.in_proj_weight");
        _inBias = weights.ToParameter($"{name}.in_proj_bias");
        _out = new LinearLayer(weights, $"{name}.out_proj");
        RegisterComponents();
    }

    /// <summary>Both halves attend.</summary>
    /// <param name="input">(B, 2T, D).</param>
    /// <param name="form">How.</param>
    /// <returns>(B, 2T, D).</returns>
    public Tensor AttendBoth(Tensor input, IAttentionKernel form) => _out.forward(form.AttendBoth(Project(input, _inWeight, _inBias)));

    /// <summary>The candidates attend, to whom they may: what the context half would attend is not computed.</summary>
    /// <param name="input">Of each half, (B, T, D).</param>
    /// <param name="form">How.</param>
    /// <returns>(B, T, D).</returns>
    public Tensor AttendCandidates(ContextAndCandidates input, IAttentionKernel form)
    {
        var width = input.Context.shape[2];
        var own = Project(input.Candidates, _inWeight, _inBias);
        var context = Project(input.Context, _inWeight.narrow(0, width, 2 * width), _inBias.narrow(0, width, 2 * width));
        return _out.forward(form.AttendCandidates(own, context));
    }

    // (B, S, D) -> (B, S, as many D as the weight is for, H, d)
    private Tensor Project(Tensor input, Tensor weight, Tensor bias)
    {
        var width = input.shape[2];
        return nn.functional.linear(input, _numbers.ToCompute(weight), _numbers.ToCompute(bias)).unflatten(2, [weight.shape[0] / width, _heads, width / _heads]);
    }
}
