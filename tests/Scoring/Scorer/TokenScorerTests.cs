using FsCheck.Fluent;
using static TorchSharp.torch;

namespace MlNetNtd.Tests;

/// <summary>A scorer without ML.NET and TorchSharp: spans in, logits out.</summary>
[TestClass]
public sealed class TokenScorerTests
{
    private const int Tokens = 6;
    private const int Dimension = 5;

    private static DiscriminatorConfig Config => new() { EmbeddingDimension = Dimension, MaxTokens = Tokens, ModelDimension = 12, Heads = 3 };

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void Saved_weights_score_as_the_network_does(bool learned)
    {
        using var file = new TemporaryFile();
        using var network = new DiscriminatorNetwork(Config with { LearnInitialEmbedding = learned }, seed: 1);
        network.SaveWeights(file.Path);
        var (real, candidates) = (Values(1, Tokens), Values(2, Tokens));
        var logits = new float[Tokens];

        TokenScorer.LoadSafetensors(file.Path).Score(real, candidates, logits);

        Same(Expected(network, new float[Dimension], real, candidates), logits);
    }

    [TestMethod]
    public void Initial_embedding_of_the_transform_stands_in_front_of_the_real_tokens()
    {
        using var file = new TemporaryFile();
        using var network = new DiscriminatorNetwork(Config, seed: 1);
        network.SaveWeights(file.Path);
        var (initial, real, candidates) = (Values(3, 1), Values(1, Tokens), Values(2, Tokens));
        var logits = new float[Tokens];

        TokenScorer.LoadSafetensors(file.Path, initialEmbedding: initial).Score(real, candidates, logits);

        Same(Expected(network, initial, real, candidates), logits);
    }

    [TestMethod]
    public void File_without_metadata_loads_with_the_heads_of_the_caller()
    {
        using var file = new TemporaryFile();
        using var network = new DiscriminatorNetwork(Config, seed: 1);
        var weights = network.ToStateDictionary();
        Safetensors.Write(file.Path, network.Config.Parameters().Select(parameter =>
            KeyValuePair.Create(parameter.Name, TensorData.FromSingles(parameter.Sizes.AsSpan(), weights[parameter.Name]))));

        Assert.AreEqual(network.Config, TokenScorer.LoadSafetensors(file.Path, heads: 3).Config);
        Expect.Error<FormatException>(
            $"{file.Path}: expected metadata 'heads', found none. Pass the number of heads, which the tensors do not say.", () => TokenScorer.LoadSafetensors(file.Path));
        Expect.Error<FormatException>(
            $"{file.Path}: Heads: a width of 12 cannot be divided among 5 heads.", () => TokenScorer.LoadSafetensors(file.Path, heads: 5));
    }

    [TestMethod]
    public void Metadata_holds_what_the_tensors_do_not_say()
    {
        using var file = new TemporaryFile();
        var config = Config with { Dropout = 0.25, AttentionDropout = 0.5, Precision = ComputePrecision.BFloat16 };
        StateDictionary.Initialize(config.Resolve(), seed: 1).Save(file.Path);

        Assert.AreEqual(config.Resolve(), TokenScorer.LoadSafetensors(file.Path).Config);
        Assert.AreEqual("3", Safetensors.ReadMetadata(file.Path)["heads"]);
        Expect.Error<FormatException>($"{file.Path}: expected 2 heads, found 3 in its metadata.", () => TokenScorer.LoadSafetensors(file.Path, heads: 2));
    }

    [TestMethod]
    [DataRow("temperature", "warm", "metadata 'temperature': expected 0.05 to 100, found 'warm'.")]
    [DataRow("temperature", "0", "metadata 'temperature': expected 0.05 to 100, found '0'.")]
    [DataRow("heads", "three", "metadata 'heads': expected a number, found 'three'.")]
    [DataRow("dropout", "much", "metadata 'dropout': expected a number, found 'much'.")]
    [DataRow("dropout", "1", "Dropout: expected 0 up to but not including 1, found 1.")]
    [DataRow("precision", "Half", "metadata 'precision': expected one of Single, BFloat16, found 'Half'.")]
    [DataRow("heads", "0", "Heads: expected 1 to 1048576 heads, or none, found 0.")]
    public void Wrong_metadata_is_named(string key, string text, string problem)
    {
        using var file = new TemporaryFile();
        var weights = StateDictionary.Initialize(Config.Resolve(), seed: 1);
        Safetensors.Write(
            file.Path,
            weights.Config.Parameters().Select(parameter => KeyValuePair.Create(parameter.Name, TensorData.FromSingles(parameter.Sizes.AsSpan(), weights[parameter.Name]))),
            new Dictionary<string, string> { ["heads"] = "3", [key] = text });

        Expect.Error<FormatException>($"{file.Path}: {problem}", () => TokenScorer.LoadSafetensors(file.Path));
    }

    [TestMethod]
    public void File_of_another_network_is_named()
    {
        using var file = new TemporaryFile();
        Safetensors.Write(file.Path, [new("other", TensorData.FromSingles([2], [1, 2]))]);

        Expect.Error<FormatException>(
            $"{file.Path}: expected a tensor 'input_projection.weight' of a discriminator network, found 'other'.", () => TokenScorer.LoadSafetensors(file.Path));
    }

    [TestMethod]
    public void Batch_is_scored_as_each_sequence_alone_on_any_number_of_threads() => Property.Check(
        from lengths in Gen.Choose(1, Tokens).NonEmptyListOf()
        from threads in Gen.Choose(1, 4)
        select (Lengths: lengths.ToArray(), threads),
        @case =>
        {
            var weights = StateDictionary.Initialize(Config.Resolve(), seed: 1);
            var (batch, single) = (new TokenScorer(weights, null, @case.threads), new TokenScorer(weights, null, threads: 1));
            var count = @case.Lengths.Length;
            var (real, candidates) = (Values(count, count * Tokens), Values(count + 1, count * Tokens));
            var (logits, combinedLogits) = (new float[count * Tokens], new float[count * Tokens]);
            var combined = new float[2 * count * Tokens * Dimension];
            for (var i = 0; i < count; i++)
            {
                var row = i * Tokens * Dimension;
                real.AsSpan(row, (Tokens - 1) * Dimension).CopyTo(combined.AsSpan(2 * row + Dimension));
                candidates.AsSpan(row, Tokens * Dimension).CopyTo(combined.AsSpan(2 * row + Tokens * Dimension));
            }

            batch.ScoreBatch(real, candidates, @case.Lengths, logits);
            batch.ScoreCombinedBatch(combined, @case.Lengths, combinedLogits);

            for (var i = 0; i < count; i++)
            {
                var (length, row) = (@case.Lengths[i], i * Tokens * Dimension);
                var expected = new float[length];
                single.Score(real.AsSpan(row, length * Dimension), candidates.AsSpan(row, length * Dimension), expected);
                Expect.SameBits(expected, logits.AsSpan(i * Tokens, length));
                Assert.IsTrue(logits.AsSpan(i * Tokens + length, Tokens - length).ToArray().All(float.IsNaN));
            }

            Expect.SameBits(logits, combinedLogits);
        });

    [TestMethod]
    public void Scorer_serves_many_threads_at_once()
    {
        var scorer = new TokenScorer(StateDictionary.Initialize(Config.Resolve(), seed: 1), null, threads: 3);
        var (real, candidates) = (Values(1, 64 * Tokens), Values(2, 64 * Tokens));
        int[] lengths = [.. Enumerable.Repeat(Tokens, 64)];
        var expected = new float[64 * Tokens];
        scorer.ScoreBatch(real, candidates, lengths, expected);

        Parallel.For(0, 200, new ParallelOptions { MaxDegreeOfParallelism = 8 }, _ =>
        {
            var logits = new float[64 * Tokens];
            scorer.ScoreBatch(real, candidates, lengths, logits);
            Expect.SameBits(expected, logits);
        });
    }

    [TestMethod]
    public void Call_allocates_nothing_after_the_first()
    {
        var scorer = new TokenScorer(StateDictionary.Initialize(Config.Resolve(), seed: 1), null, threads: 1);
        var (real, candidates, logits) = (Values(1, Tokens), Values(2, Tokens), new float[Tokens]);
        scorer.Score(real, candidates, logits);

        var before = GC.GetAllocatedBytesForCurrentThread();
        scorer.Score(real, candidates, logits);

        Assert.AreEqual(before, GC.GetAllocatedBytesForCurrentThread());
    }

    [TestMethod]
    public void Wrong_lengths_and_values_are_named_and_nothing_is_written()
    {
        var scorer = new TokenScorer(StateDictionary.Initialize(Config.Resolve(), seed: 1), null, threads: 1);
        var (two, logits) = (Values(1, 2), new float[2]);
        var bad = Values(1, 2);
        bad[7] = float.PositiveInfinity;

        Error("real: expected 10 values, (1, 2, 5), found 9.", () => scorer.Score(two.AsSpan(1), two, logits));
        Error("candidates: expected 10 values, (1, 2, 5), found 5.", () => scorer.Score(two, two.AsSpan(5), logits));
        Error("combined: expected 20 values, (1, 4, 5), found 10.", () => scorer.ScoreCombined(two, logits));
        Error("candidates: expected finite values, found Infinity in sequence 0, position 1, dimension 2.", () => scorer.Score(two, bad, logits));
        Error("Sequence 0: expected at most 6 tokens (MaxTokens), found 7.", () => scorer.Score(Values(1, 7), Values(1, 7), new float[7]));
        Error("Sequence 1: expected 1 to 1 tokens, the length of a row of logits, found 0.", () => scorer.ScoreBatch(two, two, [1, 0], logits));
        Error("logits: expected a multiple of 3 values, the number of sequences, found 2.", () => scorer.ScoreBatch(two, two, [1, 1, 1], logits));
        Error("lengths: expected at least one sequence, found none.", () => scorer.ScoreBatch(two, two, [], logits));
        CollectionAssert.AreEqual(new float[2], logits);

        static void Error(string message, Action score) =>
            StringAssert.StartsWith(Assert.ThrowsExactly<ArgumentException>(score).Message, message);
    }

    [TestMethod]
    public void Options_out_of_range_are_named()
    {
        using var file = new TemporaryFile();
        StateDictionary.Initialize(Config.Resolve(), seed: 1).Save(file.Path);

        StringAssert.StartsWith(
            Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => TokenScorer.LoadSafetensors(file.Path, threads: 0)).Message, "threads: expected at least 1, found 0.");
        StringAssert.StartsWith(
            Assert.ThrowsExactly<ArgumentException>(() => TokenScorer.LoadSafetensors(file.Path, initialEmbedding: new float[4])).Message,
            "initialEmbedding: expected 5 values, found 4.");
        StringAssert.StartsWith(
            Assert.ThrowsExactly<ArgumentException>(() => TokenScorer.LoadSafetensors(file.Path, initialEmbedding: [0, 0, float.NaN, 0, 0])).Message,
            "initialEmbedding: expected finite values, found NaN at position 2.");
    }

    private static float[] Values(int seed, int tokens) => Sequences.Values(new Random(seed), tokens * Dimension);

    private static float[] Expected(DiscriminatorNetwork network, float[] initial, float[] real, float[] candidates)
    {
        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        network.eval();
        float[] combined = [.. initial, .. real.AsSpan(0, real.Length - Dimension), .. candidates];
        return network.call(tensor(combined, [1, 2 * Tokens, Dimension]), null).Floats();
    }

    private static void Same(float[] expected, float[] actual)
    {
        for (var i = 0; i < expected.Length; i++)
            Assert.AreEqual(expected[i], actual[i], 1e-5f, $"candidate {i}");
    }
}
