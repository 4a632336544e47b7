using FsCheck;
using FsCheck.Fluent;
using Microsoft.ML;
using static TorchSharp.torch;

namespace MlNetNtd.Tests;

/// <summary>The sizes of a network, and of the rows that it scores.</summary>
internal sealed record NetworkCase(
    int Tokens, int Rows, int Dimension, int HeadWidth, int Heads, int Layers, int FeedForward, bool LearnsInitialEmbedding, int Seed)
{
    /// <summary>Small ones of every kind.</summary>
    public static Gen<NetworkCase> All { get; } =
        from tokens in Gen.Choose(1, 9)
        from rows in Gen.Choose(1, 4)
        from dimension in Gen.Choose(1, 7)
        from headWidth in Gen.Choose(1, 6)
        from heads in Gen.Choose(1, 4)
        from layers in Gen.Choose(1, 3)
        from feedForward in Gen.Choose(1, 20)
        from learns in Gen.Elements(false, true)
        from seed in Gen.Choose(0, 1000)
        select new NetworkCase(tokens, rows, dimension, headWidth, heads, layers, feedForward, learns, seed);

    /// <summary>MaxTokens of the network, which is more than the rows have.</summary>
    public int MaxTokens => Tokens + 2;

    /// <summary>Creates a scorer whose weights are all random: new networks have biases of 0.</summary>
    public NextTokenDiscriminatorScorer CreateScorer(MLContext context, Action<NextTokenDiscriminatorTrainer.Options>? configure = null)
    {
        using var network = CreateNetwork();
        return Trainers.Small(context, configure).CreateScorer(network);
    }

    /// <summary>Creates a network whose weights are all random.</summary>
    public DiscriminatorNetwork CreateNetwork(ComputePrecision precision = ComputePrecision.Single)
    {
        var network = new DiscriminatorNetwork(
            new DiscriminatorConfig
            {
                EmbeddingDimension = Dimension,
                MaxTokens = MaxTokens,
                ModelDimension = HeadWidth * Heads,
                Heads = Heads,
                Layers = Layers,
                FeedForwardDimension = FeedForward,
                LearnInitialEmbedding = LearnsInitialEmbedding,
                Dropout = 0,
                Precision = precision,
            },
            Seed);
        var random = new Random(Seed);
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        foreach (var (_, parameter) in network.named_parameters())
            parameter.add_(tensor(Sequences.Values(random, (int)parameter.numel())).reshape(parameter.shape), alpha: 0.5);
        network.eval();
        return network;
    }

    /// <summary>Creates rows: pairs of T tokens, or of 1 to T.</summary>
    public SequencePair[] CreatePairs(bool sameLength) => sameLength
        ? Sequences.Pairs(Rows, Tokens, Dimension, Seed)
        : Sequences.Mixed(Rows, Tokens, Dimension, Seed);
}
