using FsCheck;
using FsCheck.Fluent;
using static TorchSharp.torch;

namespace MlNetNtd.Tests;

/// <summary>A network and a batch of rows, for both engines.</summary>
internal sealed record TrainingCase(DiscriminatorConfig Config, int[] Lengths, bool ByToken, bool Weighted, int Seed, int Candidates = 1, bool Ranks = false)
{
    /// <summary>
    /// Small networks of any shape, with and without dropout, labels per token, weights, padding, several candidates and their ranking.
    /// </summary>
    public static Gen<TrainingCase> Cases =>
        from lengths in Gen.Choose(1, 20).NonEmptyListOf()
        from dimension in Gen.Choose(1, 40)
        from heads in Gen.Choose(1, 3)
        from size in Gen.Choose(1, 36)
        from layers in Gen.Choose(1, 3)
        from inner in Gen.Choose(1, 80)
        from dropout in Gen.Elements(0, 0.3)
        from learned in Gen.Elements(true, false)
        from byToken in Gen.Elements(true, false)
        from weighted in Gen.Elements(true, false)
        from seed in Gen.Choose(0, 1000)
        from candidates in Gen.Frequency((1, Gen.Constant(1)), (1, Gen.Choose(2, 9)))
        from ranks in Gen.Elements(true, false)
        select new TrainingCase(
            new DiscriminatorConfig
            {
                EmbeddingDimension = dimension,
                MaxTokens = 20,
                ModelDimension = heads * size,
                Heads = heads,
                Layers = layers,
                FeedForwardDimension = inner,
                Dropout = dropout,
                LearnInitialEmbedding = learned,
            },
            [.. lengths.Take(6)], byToken, weighted, seed, candidates, byToken && ranks && candidates > 1);

    /// <summary>What the loss compares.</summary>
    public LossKind Loss => Ranks ? LossKind.RankingNce : ByToken ? LossKind.Token : LossKind.Row;

    private int PaddedTokens => Lengths.Max();

    /// <summary>Adds the number of candidates and the loss to the options of a learner.</summary>
    public DiscriminatorLearnerOptions Options(DiscriminatorLearnerOptions options) => options with { CandidatesPerToken = Candidates, LossKind = Loss };

    /// <summary>Creates a network whose biases and norms are not those of the beginning.</summary>
    public DiscriminatorNetwork CreateNetwork()
    {
        var network = new DiscriminatorNetwork(Config, Seed);
        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        var random = new Random(Seed);
        foreach (var parameter in network.parameters())
            parameter.copy_(parameter + 0.1 * Tensors.Random(random, parameter.shape));
        return network;
    }

    /// <summary>Draws the rows of a step, without tensors.</summary>
    public TrainingSequence[] Rows(int step = 0)
    {
        var random = new Random(Seed + step);
        return Array.ConvertAll(Lengths, length => new TrainingSequence
        {
            Values = Sequences.Values(random, (1 + Candidates) * PaddedTokens * Config.EmbeddingDimension),
            PaddedTokens = PaddedTokens,
            Tokens = length,
            BatchTokens = PaddedTokens,
            Labels = Ranks
                ? [.. Enumerable.Range(0, PaddedTokens).SelectMany(_ => OneOf(random.Next(Candidates)))]
                : [.. Enumerable.Range(0, ByToken ? Candidates * PaddedTokens : 1).Select(_ => random.NextSingle())],
            Weight = Weighted ? 3 * random.NextSingle() : 1,
        });
    }

    private float[] OneOf(int trueCandidate)
    {
        var labels = new float[Candidates];
        labels[trueCandidate] = 1;
        return labels;
    }

    /// <summary>Does the step with TorchSharp.</summary>
    public double Step(DiscriminatorLearner learner, TrainingSequence[] rows)
    {
        using var scope = NewDisposeScope();
        var labels = tensor(rows.SelectMany(row => row.Labels).ToArray(), ByToken ? [rows.Length, Candidates * PaddedTokens] : [rows.Length]);
        var tokens = tensor(rows.SelectMany(row => Enumerable.Range(0, PaddedTokens).Select(time => time < row.Tokens ? 1f : 0f)).ToArray(), [rows.Length, PaddedTokens]);
        return learner.Step(
            tensor(rows.SelectMany(row => row.Values).ToArray(), [rows.Length, (1 + Candidates) * PaddedTokens, Config.EmbeddingDimension]), null, labels, tokens,
            Weighted ? tensor(rows.Select(row => row.Weight).ToArray()) : null);
    }
}
