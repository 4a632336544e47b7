using TorchSharp.Utils;
using static TorchSharp.torch;

namespace MlNetNtd;

/// <summary>The layers one after another, and the norm behind them.</summary>
internal sealed class Encoder : nn.Module
{
    [ComponentName(Name = "layers")]
    private readonly LayerStack _layers;
    [ComponentName(Name = "norm")]
    private readonly LayerNormLayer _norm;

    public Encoder(StateDictionary weights, string name, SeededDropout dropout)
        : base(nameof(Encoder))
    {
        _layers = new LayerStack(weights, $"{name}.layers", dropout);
        _norm = new LayerNormLayer(weights, $"{name}.norm");
        RegisterComponents();
    }

    /// <param name="input">(B, 2T, D).</param>
    /// <param name="form">How its layers attend.</param>
    /// <returns>The candidates: (B, T, D).</returns>
    public Tensor Encode(Tensor input, IAttentionKernel form) => _norm.forward(_layers.Encode(input, form));

    private sealed class LayerStack : nn.Module
    {
        private readonly List<EncoderLayer> _all = [];

        public LayerStack(StateDictionary weights, string name, SeededDropout dropout)
            : base(nameof(LayerStack))
        {
            for (var i = 0; i < weights.Config.Layers; i++)
            {
                _all.Add(new EncoderLayer(weights, $"{name}.{i}", dropout));
                register_module($"{i}", _all[i]);
            }

            RegisterComponents();
        }

        // Nobody reads what the last layer would make of the context.
        public Tensor Encode(Tensor input, IAttentionKernel form)
        {
            for (var i = 0; i < _all.Count - 1; i++)
                input = _all[i].EncodeAll(input, form);
            return _all[^1].EncodeCandidates(input, form);
        }
    }
}
