using static TorchSharp.torch;

namespace MlNetNtd.Benchmarks;

/// <summary>Trains on, or scores, the same batch repeatedly.</summary>
/// <param name="name">The name in tables.</param>
/// <param name="one">The size.</param>
/// <param name="scores">Whether to score instead of training.</param>
internal abstract class TrainingImplementation(string name, TrainingCase one, bool scores) : Implementation(name)
{
    public const string Encoder = "nn.TransformerEncoder, dense mask";
    public const string Fused = "fused attention, dense mask";
    public const string Ours = "discriminator";

    public static readonly string[] Names = [Encoder, Fused, Ours];

    /// <summary>The rows of a batch.</summary>
    public override int Stride => one.Rows;

    protected Tensor Labels { get; private set; } = null!;

    protected Tensor Sequences { get; private set; } = null!;

    public static TrainingImplementation Of(string name, TrainingCase one, bool scores)
    {
        using var scope = NewDisposeScope();
        TrainingImplementation implementation = name switch
        {
            Encoder => new PlainTraining(name, one, new TorchSharpEncoder(one), scores),
            Fused => new PlainTraining(name, one, new FusedEncoder(one), scores),
            Ours => new OwnTraining(name, one, scores),
            _ => throw new ArgumentOutOfRangeException(nameof(name), name, "Expected one of Names."),
        };
        var (sequences, labels) = one.Draw();
        implementation.Sequences = sequences.DetachFromDisposeScope();
        implementation.Labels = labels.DetachFromDisposeScope();
        return implementation;
    }

    public override void Run(int rows)
    {
        for (var done = 0; done < rows; done += one.Rows)
        {
            using var scope = NewDisposeScope();
            if (scores)
                Score();
            else
                Step();
        }
    }

    public override void Dispose()
    {
        Sequences.Dispose();
        Labels.Dispose();
    }

    protected abstract void Step();

    protected abstract void Score();
}

/// <summary>The code that a user would write: a network of TorchSharp's modules, with its AdamW and its gradient clipping.</summary>
internal sealed class PlainTraining : TrainingImplementation
{
    private readonly PlainDiscriminator _network;
    private readonly optim.Optimizer _optimizer;
    private readonly Tensor _mask;

    public PlainTraining(string name, TrainingCase one, nn.Module<Tensor, Tensor, Tensor> encoder, bool scores)
        : base(name, one, scores)
    {
        _network = new PlainDiscriminator(one, encoder);
        _optimizer = optim.AdamW(_network.parameters(), 1e-3, weight_decay: 0.01);
        _mask = one.Mask().DetachFromDisposeScope();
        _network.train(!scores);
    }

    public override void Dispose()
    {
        base.Dispose();
        _mask.Dispose();
        _optimizer.Dispose();
        _network.Dispose();
    }

    protected override void Step()
    {
        _optimizer.zero_grad();
        var loss = nn.functional.binary_cross_entropy_with_logits(_network.call(Sequences, _mask).mean([1]), Labels);
        loss.backward();
        nn.utils.clip_grad_norm_(_network.parameters(), 1);
        _optimizer.step();
        loss.item<float>();
    }

    protected override void Score()
    {
        using var mode = inference_mode();
        _network.call(Sequences, _mask).sum().item<float>();
    }
}

/// <summary>The library's network and learner, with the mask rule instead of a mask.</summary>
internal sealed class OwnTraining : TrainingImplementation
{
    private readonly DiscriminatorNetwork _network;
    private readonly DiscriminatorLearner _learner;

    public OwnTraining(string name, TrainingCase one, bool scores)
        : base(name, one, scores)
    {
        _network = new DiscriminatorNetwork(one.Shape, seed: 1);
        _learner = new DiscriminatorLearner(_network);
        _network.train(!scores);
    }

    public override void Dispose()
    {
        base.Dispose();
        _learner.Dispose();
        _network.Dispose();
    }

    protected override void Step() => _learner.Step(Sequences, null, Labels);

    protected override void Score()
    {
        using var mode = inference_mode();
        _network.forward(Sequences, null).sum().item<float>();
    }
}
