using static TorchSharp.torch;

namespace MlNetNtd.Benchmarks;

/// <summary>Whoever trains, or scores, the same batch over and over.</summary>
/// <param name="name">What it is called in tables.</param>
/// <param name="one">The size.</param>
/// <param name="scores">Whether it scores, not trains.</param>
internal abstract class TrainingContestant(string name, TrainingCase one, bool scores) : Contestant(name)
{
    public const string Encoder = "nn.TransformerEncoder, dense mask";
    public const string Fused = "fused attention, dense mask";
    public const string Ours = "discriminator";

    public static readonly string[] Names = [Encoder, Fused, Ours];

    /// <summary>Rows are worked on a batch at a time.</summary>
    public override int Stride => one.Rows;

    protected Tensor Labels { get; private set; } = null!;

    protected Tensor Sequences { get; private set; } = null!;

    public static TrainingContestant Of(string name, TrainingCase one, bool scores)
    {
        using var scope = NewDisposeScope();
        TrainingContestant contestant = name switch
        {
            Encoder => new PlainTraining(name, one, new TorchSharpEncoder(one), scores),
            Fused => new PlainTraining(name, one, new FusedEncoder(one), scores),
            Ours => new OwnTraining(name, one, scores),
            _ => throw new ArgumentOutOfRangeException(nameof(name), name, "Expected one of Names."),
        };
        var (sequences, labels) = one.Draw();
        contestant.Sequences = sequences.DetachFromDisposeScope();
        contestant.Labels = labels.DetachFromDisposeScope();
        return contestant;
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

/// <summary>What a user writes: a network of TorchSharp's parts, its AdamW, its clipping.</summary>
internal sealed class PlainTraining : TrainingContestant
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

/// <summary>The library's: no mask, the rule.</summary>
internal sealed class OwnTraining : TrainingContestant
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
