using TorchSharp.Modules;
using static TorchSharp.torch;

namespace MlNetNtd.Benchmarks;

/// <summary>The discriminator that a user would write: an encoder of sequences under a dense mask, with embeddings and a head.</summary>
internal sealed class PlainDiscriminator : nn.Module<Tensor, Tensor, Tensor>
{
    private readonly Linear _project;
    private readonly Parameter _positions;
    private readonly Parameter _halves;
    private readonly nn.Module<Tensor, Tensor, Tensor> _encoder;
    private readonly LayerNorm _norm;
    private readonly Linear _head;

    public PlainDiscriminator(TrainingCase one, nn.Module<Tensor, Tensor, Tensor> encoder)
        : base(nameof(PlainDiscriminator))
    {
        _project = nn.Linear(one.Dimension, one.Dimension);
        _positions = Detached(randn(one.Tokens, one.Dimension) * 0.1);
        _halves = Detached(randn(2, one.Dimension) * 0.1);
        _encoder = encoder;
        _norm = nn.LayerNorm(one.Dimension);
        _head = nn.Linear(one.Dimension, 1);
        RegisterComponents();
    }

    public override Tensor forward(Tensor input1, Tensor input2)
    {
        using var scope = NewDisposeScope();
        var tokens = input1.shape[1] / 2;
        var x = _project.call(input1) + cat([_positions + _halves[0], _positions + _halves[1]], 0);
        var candidates = _norm.call(_encoder.call(x, input2).narrow(1, tokens, tokens));
        return _head.call(candidates).squeeze(-1).MoveToOuterDisposeScope();
    }

    // A registered parameter would still be disposed with the caller's dispose scope.
    private static Parameter Detached(Tensor values) => (Parameter)new Parameter(values).DetachFromDisposeScope();
}

/// <summary>TorchSharp's own encoder.</summary>
internal sealed class TorchSharpEncoder : nn.Module<Tensor, Tensor, Tensor>
{
    private readonly TransformerEncoder _encoder;

    public TorchSharpEncoder(TrainingCase one)
        : base(nameof(TorchSharpEncoder))
    {
        var layer = nn.TransformerEncoderLayer(one.Dimension, TrainingCase.Heads, 4 * one.Dimension, dropout: 0, activation: nn.Activations.GELU);
        _encoder = nn.TransformerEncoder(layer, TrainingCase.Layers);
        RegisterComponents();
    }

    // The encoder expects (positions, rows, width).
    public override Tensor forward(Tensor input1, Tensor input2) =>
        _encoder.call(input1.transpose(0, 1), input2, null!).transpose(0, 1);
}

/// <summary>The same layers with normalization first, built on scaled_dot_product_attention.</summary>
internal sealed class FusedEncoder : nn.Module<Tensor, Tensor, Tensor>
{
    private readonly ModuleList<FusedLayer> _layers = [];

    public FusedEncoder(TrainingCase one)
        : base(nameof(FusedEncoder))
    {
        for (var i = 0; i < TrainingCase.Layers; i++)
            _layers.Add(new FusedLayer(one.Dimension));
        RegisterComponents();
    }

    public override Tensor forward(Tensor input1, Tensor input2) => _layers.Aggregate(input1, (x, layer) => layer.call(x, input2));

    private sealed class FusedLayer : nn.Module<Tensor, Tensor, Tensor>
    {
        private readonly Linear _in;
        private readonly Linear _out;
        private readonly Linear _widen;
        private readonly Linear _narrow;
        private readonly LayerNorm _attentionNorm;
        private readonly LayerNorm _feedForwardNorm;

        public FusedLayer(int width)
            : base(nameof(FusedLayer))
        {
            _in = nn.Linear(width, 3 * width);
            _out = nn.Linear(width, width);
            _widen = nn.Linear(width, 4 * width);
            _narrow = nn.Linear(4 * width, width);
            _attentionNorm = nn.LayerNorm(width);
            _feedForwardNorm = nn.LayerNorm(width);
            RegisterComponents();
        }

        public override Tensor forward(Tensor input1, Tensor input2)
        {
            var (batch, length, width) = (input1.shape[0], input1.shape[1], input1.shape[2]);
            var parts = _in.call(_attentionNorm.call(input1)).view(batch, length, 3, TrainingCase.Heads, width / TrainingCase.Heads)
                .permute(2, 0, 3, 1, 4).unbind(0);
            var attended = nn.functional.scaled_dot_product_attention(parts[0], parts[1], parts[2], input2);
            var x = input1 + _out.call(attended.transpose(1, 2).flatten(2));
            return x + _narrow.call(nn.functional.gelu(_widen.call(_feedForwardNorm.call(x))));
        }
    }
}
