using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace MlNetNtd;

/// <summary>softmax(Q K^T / sqrt(d) + mask) V, by heads.</summary>
/// <remarks>
/// Written out because TorchSharp's nn.MultiheadAttention adds a mask to the scores whatever its type: a Boolean
/// <c>true</c> counts as 1 and blocks nothing. Names and layout of the weights are those of PyTorch's.
/// </remarks>
internal sealed class SelfAttention : nn.Module<Tensor, Tensor, Tensor>
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
    private readonly DropoutSource _dropout;

    public SelfAttention(NetworkWeights weights, string name, DropoutSource dropout)
        : base(nameof(SelfAttention))
    {
        _heads = weights.Shape.Heads!.Value;
        _dropout = dropout;
        _inWeight = weights.ToParameter($"{name}.in_proj_weight");
        _inBias = weights.ToParameter($"{name}.in_proj_bias");
        _out = new LinearLayer(weights, $"{name}.out_proj");
        RegisterComponents();
    }

    /// <param name="input1">(B, S, D).</param>
    /// <param name="input2">To be added to the scores: (S, S), or (B, 1, S, S).</param>
    public override Tensor forward(Tensor input1, Tensor input2)
    {
        var (batch, length, width) = (input1.shape[0], input1.shape[1], input1.shape[2]);
        var size = width / _heads;

        // (B, S, 3D) -> (3, B, H, S, d)
        var all = nn.functional.linear(input1, _inWeight, _inBias)
            .reshape(batch, length, 3, _heads, size).permute(2, 0, 3, 1, 4);
        var query = Part(all, 0).mul(1 / Math.Sqrt(size));
        var scores = query.bmm(Part(all, 1).transpose(1, 2)).reshape(batch, _heads, length, length).add(input2);
        var shares = _dropout.Apply(scores.softmax(-1), training).reshape(batch * _heads, length, length);

        var mixed = shares.bmm(Part(all, 2)).reshape(batch, _heads, length, size)
            .transpose(1, 2).reshape(batch, length, width);
        return _out.forward(mixed);

        Tensor Part(Tensor all, int index) => all.select(0, index).reshape(batch * _heads, length, size);
    }
}
