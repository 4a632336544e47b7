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

    public SelfAttention(NetworkWeights weights, string name)
        : base(nameof(SelfAttention))
    {
        _heads = weights.Shape.Heads!.Value;
        _inWeight = weights.ToParameter($"{name}.in_proj_weight");
        _inBias = weights.ToParameter($"{name}.in_proj_bias");
        _out = new LinearLayer(weights, $"{name}.out_proj");
        RegisterComponents();
    }

    /// <summary>Both halves attend.</summary>
    /// <param name="input">(B, 2T, D).</param>
    /// <param name="form">Attends by heads.</param>
    /// <returns>(B, 2T, D).</returns>
    public Tensor AttendAll(Tensor input, IAttentionForm form)
    {
        var all = Project(input, _inWeight, _inBias, 3);
        return _out.forward(Join(form.AttendAll(all.select(0, 0), all.select(0, 1), all.select(0, 2))));
    }

    /// <summary>The candidates attend, to whom they may: what the context half would attend is not computed.</summary>
    /// <param name="input">(B, 2T, D).</param>
    /// <param name="form">Attends by heads.</param>
    /// <returns>Of the candidates: (B, T, D).</returns>
    public Tensor AttendCandidates(Tensor input, IAttentionForm form)
    {
        var (tokens, width) = (input.shape[1] / 2, input.shape[2]);
        var query = Project(input.narrow(1, tokens, tokens), _inWeight.narrow(0, 0, width), _inBias.narrow(0, 0, width), 1).select(0, 0);
        var others = Project(input, _inWeight.narrow(0, width, 2 * width), _inBias.narrow(0, width, 2 * width), 2);
        return _out.forward(Join(form.AttendCandidates(query, others.select(0, 0), others.select(0, 1))));
    }

    // (B, S, D) -> (parts, B, H, S, d)
    private Tensor Project(Tensor input, Tensor weight, Tensor bias, int parts)
    {
        var (batch, length, width) = (input.shape[0], input.shape[1], input.shape[2]);
        return nn.functional.linear(input, weight, bias)
            .view(batch, length, parts, _heads, width / _heads).permute(2, 0, 3, 1, 4);
    }

    // (B, H, S, d) -> (B, S, D)
    private static Tensor Join(Tensor heads) => heads.transpose(1, 2).flatten(2);
}
