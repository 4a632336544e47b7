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
    public const string Torch = "discriminator, Torch engine";
    public const string Ours = "discriminator";

    public static readonly string[] Names = [Encoder, Fused, Torch, Ours];

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
            Torch => new TorchTraining(name, one, scores),
            Ours => new ManagedTraining(name, one, scores),
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

/// <summary>The library's network and learner on TorchSharp, with the mask rule instead of a mask.</summary>
internal sealed class TorchTraining : TrainingImplementation
{
    private readonly DiscriminatorNetwork _network;
    private readonly DiscriminatorLearner _learner;

    public TorchTraining(string name, TrainingCase one, bool scores)
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

/// <summary>The library's managed engine, which a trainer on a CPU uses. It does not call libtorch.</summary>
internal sealed class ManagedTraining : TrainingImplementation
{
    private readonly ManagedLearner _learner;
    private readonly SequenceScorer _scorer;
    private readonly TrainingSequence[] _rows;
    private readonly Batch _batch;

    public ManagedTraining(string name, TrainingCase one, bool scores)
        : base(name, one, scores)
    {
        var weights = StateDictionary.Initialize(one.Shape.Resolve(), seed: 1);
        _learner = new ManagedLearner(weights, new DiscriminatorLearnerOptions());
        _scorer = new SequenceScorer(new ForwardEngine(weights), ThreadLimit.Get());
        var values = one.DrawValues();
        _rows = [.. values.Chunk(2 * one.Tokens * one.Dimension).Select((row, i) => new TrainingSequence
        {
            Values = row,
            PaddedTokens = one.Tokens,
            Tokens = one.Tokens,
            BatchTokens = one.Tokens,
            Labels = [i % 2],
            Weight = 1,
        })];
        _batch = new Batch(_rows);
    }

    protected override void Step() => _learner.Step(_rows, LossKind.Row);

    protected override void Score() => _scorer.Score(_batch);

    private sealed class Batch(TrainingSequence[] rows) : ISequences
    {
        public int Count => rows.Length;

        public int GetTokens(int sequence) => rows[sequence].Tokens;

        public void Read(int sequence, Span<float> context, Span<float> candidates)
        {
            rows[sequence].Values.AsSpan(0, context.Length).CopyTo(context);
            rows[sequence].Values.AsSpan(context.Length).CopyTo(candidates);
        }

        public void Write(int sequence, ReadOnlySpan<float> logits)
        {
        }
    }
}
