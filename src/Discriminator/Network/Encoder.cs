using TorchSharp.Utils;
using static TorchSharp.torch;

namespace MlNetNtd;

/// <summary>The layers one after another. The norm behind them is applied by the network, where it is needed.</summary>
internal sealed class Encoder : nn.Module<Tensor, Tensor, Tensor>
{
    [ComponentName(Name = "layers")]
    private readonly LayerStack _layers;
    [ComponentName(Name = "norm")]
    private readonly NormLayer _norm;

    public Encoder(NetworkWeights weights, string name, DropoutSource dropout)
        : base(nameof(Encoder))
    {
        _layers = new LayerStack(weights, $"{name}.layers", dropout);
        _norm = new NormLayer(weights, $"{name}.norm");
        RegisterComponents();
    }

    public override Tensor forward(Tensor input1, Tensor input2) => _layers.forward(input1, input2);

    public Tensor Norm(Tensor input) => _norm.forward(input);

    private sealed class LayerStack : nn.Module<Tensor, Tensor, Tensor>
    {
        private readonly List<EncoderLayer> _all = [];

        public LayerStack(NetworkWeights weights, string name, DropoutSource dropout)
            : base(nameof(LayerStack))
        {
            for (var i = 0; i < weights.Shape.Layers; i++)
            {
                _all.Add(new EncoderLayer(weights, $"{name}.{i}", dropout));
                register_module($"{i}", _all[i]);
            }

            RegisterComponents();
        }

        public override Tensor forward(Tensor input1, Tensor input2) =>
            _all.Aggregate(input1, (x, layer) => layer.forward(x, input2));
    }
}

/// <summary>One pre-norm layer: x + attention(norm(x)), then x + feed-forward(norm(x)).</summary>
internal sealed class EncoderLayer : nn.Module<Tensor, Tensor, Tensor>
{
    [ComponentName(Name = "self_attn")]
    private readonly SelfAttention _attention;
    [ComponentName(Name = "linear1")]
    private readonly LinearLayer _widen;
    [ComponentName(Name = "linear2")]
    private readonly LinearLayer _narrow;
    [ComponentName(Name = "norm1")]
    private readonly NormLayer _attentionNorm;
    [ComponentName(Name = "norm2")]
    private readonly NormLayer _feedForwardNorm;

    private readonly DropoutSource _dropout;

    public EncoderLayer(NetworkWeights weights, string name, DropoutSource dropout)
        : base(nameof(EncoderLayer))
    {
        _dropout = dropout;
        _attention = new SelfAttention(weights, $"{name}.self_attn", dropout);
        _widen = new LinearLayer(weights, $"{name}.linear1");
        _narrow = new LinearLayer(weights, $"{name}.linear2");
        _attentionNorm = new NormLayer(weights, $"{name}.norm1");
        _feedForwardNorm = new NormLayer(weights, $"{name}.norm2");
        RegisterComponents();
    }

    public override Tensor forward(Tensor input1, Tensor input2)
    {
        var attended = _attention.forward(_attentionNorm.forward(input1), input2);
        var x = input1.add(_dropout.Apply(attended, training));
        var inner = nn.functional.gelu(_widen.forward(_feedForwardNorm.forward(x)));
        var fed = _narrow.forward(_dropout.Apply(inner, training));
        return x.add(_dropout.Apply(fed, training));
    }
}
