using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace MlNetNtd;

// TorchSharp's own nn.Linear and nn.LayerNorm draw their first weights from the global generator, which is not ours
// to move; and its fields are written, by reflection, when a module moves to another device.
#pragma warning disable IDE0044

/// <summary>x * weight^T + bias.</summary>
internal sealed class LinearLayer : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "weight")]
    private Parameter _weight;
    [ComponentName(Name = "bias")]
    private Parameter _bias;
    private readonly Autocast _numbers;

    public LinearLayer(StateDictionary weights, string name)
        : base(nameof(LinearLayer))
    {
        _weight = weights.ToParameter($"{name}.weight");
        _bias = weights.ToParameter($"{name}.bias");
        _numbers = weights.Autocast;
        RegisterComponents();
    }

    public override Tensor forward(Tensor input) => nn.functional.linear(input, _numbers.ToCompute(_weight), _numbers.ToCompute(_bias));
}

/// <summary>Each position brought to mean 0 and deviation 1, then scaled and shifted by what is learned.</summary>
internal sealed class LayerNormLayer : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "weight")]
    private Parameter _weight;
    [ComponentName(Name = "bias")]
    private Parameter _bias;
    private readonly Autocast _numbers;

    public LayerNormLayer(StateDictionary weights, string name)
        : base(nameof(LayerNormLayer))
    {
        _weight = weights.ToParameter($"{name}.weight");
        _bias = weights.ToParameter($"{name}.bias");
        _numbers = weights.Autocast;
        RegisterComponents();
    }

    public override Tensor forward(Tensor input) => nn.functional.layer_norm(input, _weight.shape, _numbers.ToCompute(_weight), _numbers.ToCompute(_bias));
}
