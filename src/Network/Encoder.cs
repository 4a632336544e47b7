using TorchSharp.Utils;
using static TorchSharp.torch;

namespace MlNetNtd;

/// <summary>Runs the encoder layers and the final norm.</summary>
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

    /// <summary>Encodes context and candidates and returns the candidates.</summary>
    /// <param name="input">(B, T + T * K, D).</param>
    /// <param name="kernel">The attention kernel of all layers.</param>
    /// <returns>The encoded candidates, (B, T * K, D).</returns>
    public Tensor Encode(Tensor input, IAttentionKernel kernel) => _norm.forward(_layers.Encode(input, kernel));

    private sealed class LayerStack : nn.Module
    {
        private readonly List<EncoderLayer> _items = [];

        public LayerStack(StateDictionary weights, string name, SeededDropout dropout)
            : base(nameof(LayerStack))
        {
            for (var i = 0; i < weights.Config.Layers; i++)
            {
                _items.Add(new EncoderLayer(weights, $"{name}.{i}", dropout));
                register_module($"{i}", _items[i]);
            }

            RegisterComponents();
        }

        // The context half of the last layer's output is never used.
        public Tensor Encode(Tensor input, IAttentionKernel kernel)
        {
            for (var i = 0; i < _items.Count - 1; i++)
                input = _items[i].EncodeAll(input, kernel);
            return _items[^1].EncodeCandidates(input, kernel);
        }
    }
}
