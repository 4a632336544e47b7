using Microsoft.ML;
using static TorchSharp.torch;

namespace MlNetNtd.Tests;

/// <summary>Attention dropout is off by default.</summary>
[TestClass]
public sealed class AttentionDropoutTests
{
    private const int Tokens = 6;

    private static DiscriminatorConfig Shape => new() { EmbeddingDimension = 8, MaxTokens = Tokens, Dropout = 0, AttentionDropout = 0.3 };

    [TestMethod]
    public void Attention_dropout_is_off_by_default()
    {
        Assert.AreEqual(0.0, new NextTokenDiscriminatorTrainer.Options().AttentionDropout);
        Assert.AreEqual(0.0, new DiscriminatorConfig { EmbeddingDimension = 8, MaxTokens = 1 }.AttentionDropout);
    }

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void Attention_dropout_applies_only_in_training(bool masked)
    {
        using var scope = NewDisposeScope();
        using var network = new DiscriminatorNetwork(Shape, seed: 1);
        using var without = new DiscriminatorNetwork(Shape with { AttentionDropout = 0 }, seed: 1);
        var sequences = Tensors.Random(new Random(1), 2, 2 * Tokens, 8);
        var mask = masked ? Tensors.RuleMask(Tokens) : null;

        var expected = without.forward(sequences, mask);
        var (first, second) = (network.forward(sequences, mask), network.forward(sequences, mask));
        network.eval();
        var evaluated = network.forward(sequences, mask);

        Assert.IsGreaterThan(1e-3f, first.sub(second).abs().max().item<float>());
        Tensors.Close(expected, evaluated, 1e-6, "evaluated");
    }

    /// <summary>Shares that are left out are made up for by those that stay: in the mean of many, attention is as without.</summary>
    [TestMethod]
    public void Mean_over_many_passes_is_attention_without_dropout()
    {
        using var scope = NewDisposeScope();
        var dropout = new SeededDropout(0.3, seed: 1);
        const int copies = 4000;
        var random = new Random(1);
        Tensor Draw() => Tensors.Random(random, 1, 2 * Tokens, 2, 4);
        var (query, key, value) = (Draw(), Draw(), Draw());
        var mask = Tensors.RuleMask(Tokens);

        var expected = new FusedAttention(mask).AttendBoth(stack([query, key, value], 2));
        var many = new EagerAttention(mask, dropout).AttendBoth(
            stack([query, key, value], 2).expand(copies, -1, -1, -1, -1));

        Tensors.Close(expected, many.mean([0L], keepdim: true), 0.05, "mean");
    }

    /// <summary>A candidate at time 0 sees the initial embedding and itself, whatever is left out of that.</summary>
    [TestMethod]
    public void Rule_holds_without_a_mask()
    {
        using var scope = NewDisposeScope();
        Tensor First(Tensor sequences)
        {
            using var network = new DiscriminatorNetwork(Shape, seed: 1);
            return network.forward(sequences, null).narrow(1, 0, 1);
        }

        var sequences = Tensors.Random(new Random(1), 2, 2 * Tokens, 8);
        var changed = sequences.clone();
        changed.narrow(1, 1, Tokens - 1).neg_();

        Tensors.Close(First(sequences), First(changed), 0, "candidate 0");
    }

    /// <summary>Of the seed after the network's: what is left out elsewhere is drawn from the network's own. A mask is kept to.</summary>
    [TestMethod]
    [DataRow(1, false)]
    [DataRow(1, true)]
    [DataRow(int.MaxValue, false)]
    public void Dropped_values_follow_from_seed_and_pass(int seed, bool masked)
    {
        using var scope = NewDisposeScope();
        using var network = new DiscriminatorNetwork(Shape, seed);
        using var encoder = new Encoder(network.ToStateDictionary(), "encoder", new SeededDropout(0, 0));
        var dropout = new SeededDropout(0.3, seed == int.MaxValue ? int.MinValue : seed + 1);
        var sequences = Tensors.Random(new Random(1), 2, 2 * Tokens, 8);
        var open = masked ? zeros(2 * Tokens, 2 * Tokens) : null;
        var places = network.get_parameter("position_embedding")!.add(network.get_parameter("segment_embedding")!.unsqueeze(1)).flatten(0, 1);
        for (var pass = 0; pass < 2; pass++)
        {
            dropout.Begin(pass, firstRow: 0);
            var projected = nn.functional.linear(sequences, network.get_parameter("input_projection.weight")!, network.get_parameter("input_projection.bias")!);
            var candidates = encoder.Encode(projected.add(places), new EagerAttention(open ?? Tensors.RuleMask(Tokens), dropout));
            var expected = nn.functional.linear(candidates, network.get_parameter("head.weight")!, network.get_parameter("head.bias")!).squeeze(-1);

            Tensors.Close(expected, network.forward(sequences, open), 1e-5, $"Pass {pass}");
        }
    }

    [TestMethod]
    public void Attention_dropout_survives_saving()
    {
        var context = new MLContext(seed: 1);
        using var scorer = Trainers.Fit(context, options => options.AttentionDropout = 0.25);
        using var stream = new MemoryStream();
        context.Model.Save(scorer, null, stream);
        stream.Position = 0;

        using var loaded = (NextTokenDiscriminatorScorer)context.Model.Load(stream, out _);

        Assert.AreEqual(0.25, loaded.Config.AttentionDropout);
    }
}
