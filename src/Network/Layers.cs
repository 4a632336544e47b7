using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace MlNetNtd;

// TorchSharp's own nn.Linear and nn.LayerNorm draw their initial weights from the global generator, which this library does not
// use. The fields are assigned by reflection when a module moves to another device.
#pragma warning disable IDE0044

/// <summary>Computes x * weight^T + bias.</summary>
internal sealed class LinearLayer : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "weight")]
    private Parameter _weight;
    [ComponentName(Name = "bias")]
    private Parameter _bias;
    private readonly Autocast _autocast;

    public LinearLayer(StateDictionary weights, string name, ComputePrecision? precision = null)
        : base(nameof(LinearLayer))
    {
        _weight = weights.ToParameter($"{name}.weight");
        _bias = weights.ToParameter($"{name}.bias");
        _autocast = new Autocast(precision ?? weights.Config.Precision);
        RegisterComponents();
    }

    public override Tensor forward(Tensor input) => nn.functional.linear(input, _autocast.ToCompute(_weight), _autocast.ToCompute(_bias));
}

/// <summary>Normalizes each position to mean 0 and deviation 1, then applies a learned scale and shift.</summary>
internal sealed class LayerNormLayer : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "weight")]
    private Parameter _weight;
    [ComponentName(Name = "bias")]
    private Parameter _bias;
    private readonly Autocast _autocast;

    public LayerNormLayer(StateDictionary weights, string name)
        : base(nameof(LayerNormLayer))
    {
        _weight = weights.ToParameter($"{name}.weight");
        _bias = weights.ToParameter($"{name}.bias");
        _autocast = new Autocast(weights.Config.Precision);
        RegisterComponents();
    }

    public override Tensor forward(Tensor input) => nn.functional.layer_norm(input, _weight.shape, _autocast.ToCompute(_weight), _autocast.ToCompute(_bias));
}
