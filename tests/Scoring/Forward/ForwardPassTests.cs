using System.Runtime.InteropServices;
using FsCheck;
using FsCheck.Fluent;
using static TorchSharp.torch;

namespace MlNetNtd.Tests;

/// <summary>The managed forward pass computes the logits of the TorchSharp network, on vectors of every width.</summary>
[TestClass]
public sealed class ForwardPassTests
{
    private static readonly VectorWidth[] Widths = Enum.GetValues<VectorWidth>();

    private static Gen<(DiscriminatorConfig Config, int Rows, int Seed)> Cases =>
        from tokens in Gen.Choose(1, 40)
        from dimension in Gen.Choose(1, 40)
        from heads in Gen.Choose(1, 4)
        from size in Gen.Choose(1, 40)
        from layers in Gen.Choose(1, 3)
        from inner in Gen.Choose(1, 300)
        from learned in Gen.Elements(true, false)
        from rows in Gen.Choose(1, 5)
        from seed in Gen.Choose(0, 1000)
        select (new DiscriminatorConfig
        {
            EmbeddingDimension = dimension,
            MaxTokens = tokens,
            ModelDimension = heads * size,
            Heads = heads,
            Layers = layers,
            FeedForwardDimension = inner,
            LearnInitialEmbedding = learned,
        }, rows, seed);

    [TestMethod]
    public void Logits_equal_the_network_s_at_any_size_and_vector_width() => Property.Check(Cases, @case => Compare(@case.Config, @case.Rows, @case.Seed));

    [TestMethod]
    [DataRow(300, 4, 16, 2)]
    [DataRow(130, 20, 300, 2)]
    [DataRow(24, 600, 64, 4)]
    public void Logits_equal_the_network_s_beyond_the_sizes_of_cache_blocks(int tokens, int dimension, int width, int heads) =>
        Compare(new DiscriminatorConfig { EmbeddingDimension = dimension, MaxTokens = tokens, ModelDimension = width, Heads = heads }, rows: 2, seed: 3);

    [TestMethod]
    public void Sequences_of_different_lengths_are_computed_together_as_each_alone() => Property.Check(
        Gen.Choose(1, 12).NonEmptyListOf(),
        lengths =>
        {
            var engine = new ForwardEngine(StateDictionary.Initialize(new DiscriminatorConfig { EmbeddingDimension = 3, MaxTokens = 12 }.Resolve(), seed: 1));
            var random = new Random(lengths.Count);
            var inputs = lengths.Select(length => Sequences.Values(random, 2 * length * 3)).ToArray();

            var together = Score(engine.CreatePass(), [.. lengths], inputs);
            var alone = lengths.SelectMany((length, i) => Score(engine.CreatePass(), [length], [inputs[i]])).ToArray();

            Expect.SameBits(alone, together);
        });

    [TestMethod]
    public void Pass_allocates_nothing_once_it_has_seen_the_lengths()
    {
        var pass = new ForwardEngine(StateDictionary.Initialize(new DiscriminatorConfig { EmbeddingDimension = 4, MaxTokens = 8 }.Resolve(), seed: 1)).CreatePass();
        int[] lengths = [8, 3];
        float[][] inputs = [new float[64], new float[24]];
        var logits = new float[11];
        Run();

        var before = GC.GetAllocatedBytesForCurrentThread();
        Run();

        Assert.AreEqual(before, GC.GetAllocatedBytesForCurrentThread());

        void Run() => Fill(pass, lengths, inputs).Run(logits);
    }

    private static void Compare(DiscriminatorConfig config, int rows, int seed)
    {
        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        using var network = new DiscriminatorNetwork(config, seed);
        network.eval();
        var random = new Random(seed);
        foreach (var parameter in network.parameters())
            parameter.copy_(parameter + 0.1 * Tensors.Random(random, parameter.shape));
        var (tokens, dimension) = (config.MaxTokens, config.EmbeddingDimension);
        var inputs = Enumerable.Range(0, rows).Select(_ => Sequences.Values(random, 2 * tokens * dimension)).ToArray();
        var sequences = empty(rows, 2 * tokens, dimension);
        MemoryMarshal.AsBytes(inputs.SelectMany(input => input).ToArray().AsSpan()).CopyTo(sequences.bytes);

        var expected = network.call(sequences, null).Floats();

        // The norm of fewer than 8 values, which may be nearly equal, makes rounding errors many times larger in every implementation.
        var tolerance = config.ModelDimension < 8 ? 1e-3f : 1e-5f;
        foreach (var width in Widths)
        {
            var actual = Score(new ForwardEngine(network.ToStateDictionary(), width).CreatePass(), Enumerable.Repeat(tokens, rows).ToArray(), inputs);
            for (var i = 0; i < expected.Length; i++)
                Assert.AreEqual(expected[i], actual[i], tolerance * MathF.Max(1, MathF.Abs(expected[i])), $"{width}, {config}, candidate {i}");
        }
    }

    private static float[] Score(ForwardPass pass, int[] lengths, float[][] inputs)
    {
        var logits = new float[lengths.Sum()];
        Fill(pass, lengths, inputs).Run(logits);
        return logits;
    }

    private static ForwardPass Fill(ForwardPass pass, int[] lengths, float[][] inputs)
    {
        pass.Prepare(lengths);
        for (var i = 0; i < lengths.Length; i++)
        {
            var half = inputs[i].Length / 2;
            inputs[i].AsSpan(0, half).CopyTo(pass.Context(i));
            inputs[i].AsSpan(half).CopyTo(pass.Candidates(i));
        }

        return pass;
    }
}
