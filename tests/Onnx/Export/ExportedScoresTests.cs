using FsCheck.Fluent;
using Microsoft.ML;
using Microsoft.ML.OnnxRuntime;
using static TorchSharp.torch;

namespace MlNetNtd.Tests;

/// <summary>The scores of the file that <c>SaveAsOnnx</c> writes, against those of the network in TorchSharp.</summary>
[TestClass]
public sealed class ExportedScoresTests
{
    private const string Combined = "Combined";
    private const string Count = "Count";

    private static readonly NetworkCase Network = new(
        Tokens: 5, Rows: 3, Dimension: 3, HeadWidth: 4, Heads: 2, Layers: 2, FeedForward: 10, LearnsInitialEmbedding: false, Seed: 1);

    [TestMethod]
    public void Exported_model_gives_the_same_scores_for_any_network_and_batches_of_any_size_and_length() => Property.Check(
        NetworkCase.All,
        network =>
        {
            var context = new MLContext(seed: 1);
            using var torch = network.CreateNetwork();
            using var scorer = network.CreateScorer(context, options => options.TokenProbabilities = true);
            ExportedModel.Use(scorer, null, model =>
            {
                foreach (var (rows, tokens) in new[] { (network.Rows, network.Tokens), (1, 1), (2, network.MaxTokens) })
                {
                    var sequences = Sequences.Values(new Random(network.Seed), rows * 2 * tokens * network.Dimension);
                    var found = model.Run((Combined, sequences, [rows, 2, tokens, network.Dimension]));
                    AssertEqual(Logits(torch, sequences, rows, tokens, network.Dimension), found, rows, tokens);
                }
            });
        },
        count: 60);

    [TestMethod]
    public void Exported_model_reads_unshifted_embeddings_with_the_initial_embedding_of_the_transform() => Property.Check(
        NetworkCase.All,
        network =>
        {
            var context = new MLContext(seed: 1);
            var pairs = network.CreatePairs(sameLength: true);
            var view = PairView.OfKnownSize(pairs, network.Dimension);
            var initial = Sequences.Values(new Random(network.Seed), network.Dimension);
            using var transformer = context.Transforms.NextTokenDiscriminator(new NextTokenDiscriminatorEstimator.Options
            {
                MaxTokens = network.MaxTokens,
                InitialEmbedding = initial,
            }).Fit(view);
            using var torch = network.CreateNetwork();
            using var scorer = network.CreateScorer(context, options => options.TokenProbabilities = true);
            float[] sequences = [.. ViewReader.Vectors<float>(transformer.Transform(view), Combined).SelectMany(row => row)];
            ExportedModel.Use(scorer, new OnnxExportOptions { Transformer = transformer }, model =>
            {
                int[] sizes = [network.Rows, network.Tokens, network.Dimension];
                var found = model.Run(
                    (PairView.Previous, pairs.SelectMany(pair => pair.Previous).ToArray(), sizes),
                    (PairView.Current, pairs.SelectMany(pair => pair.Current).ToArray(), sizes));
                AssertEqual(Logits(torch, sequences, network.Rows, network.Tokens, network.Dimension), found, network.Rows, network.Tokens);
            });
        },
        count: 40);

    [TestMethod]
    public void Padded_rows_have_the_scores_of_the_same_rows_alone_and_NaN_for_padding()
    {
        var context = new MLContext(seed: 1);
        int[] counts = [Network.Tokens, 1, 3];
        var sequences = Sequences.Values(new Random(1), counts.Length * 2 * Network.Tokens * Network.Dimension);
        using var torch = Network.CreateNetwork();
        using var scorer = Network.CreateScorer(context);
        ExportedModel.Use(scorer, new OnnxExportOptions { TokenCountInputName = Count }, model =>
        {
            var found = model.Run((Combined, sequences, [counts.Length, 2, Network.Tokens, Network.Dimension]), (Count, counts, [counts.Length]));

            var logits = Logits(torch, sequences, counts.Length, Network.Tokens, Network.Dimension);
            for (var row = 0; row < counts.Length; row++)
            {
                var real = logits.AsSpan(row * Network.Tokens, counts[row]);
                var scores = ((float[])found["TokenScores"]).AsSpan(row * Network.Tokens, Network.Tokens);
                Expect.Close(real, scores[..counts[row]], 1e-5);
                Assert.IsTrue(scores[counts[row]..].ToArray().All(float.IsNaN));
                Assert.AreEqual(real.ToArray().Average(), ((float[])found["Score"])[row], 1e-5);
            }
        });
    }

    [TestMethod]
    [DataRow(0)]
    [DataRow(-1)]
    [DataRow(6)]
    public void Row_with_an_invalid_token_count_has_the_score_NaN(int count)
    {
        using var scorer = Network.CreateScorer(new MLContext(seed: 1));
        ExportedModel.Use(scorer, new OnnxExportOptions { TokenCountInputName = Count }, model =>
        {
            var sequences = Sequences.Values(new Random(1), 2 * 2 * Network.Tokens * Network.Dimension);
            var found = model.Run((Combined, sequences, [2, 2, Network.Tokens, Network.Dimension]), (Count, new[] { count, 5 }, [2]));

            CollectionAssert.AreEqual(new[] { true, false }, Array.ConvertAll((float[])found["Score"], float.IsNaN));
            CollectionAssert.AreEqual(new[] { true, false }, Array.ConvertAll((float[])found["Probability"], float.IsNaN));
            Assert.IsFalse(((bool[])found["PredictedLabel"])[0]);
        });
    }

    [TestMethod]
    public void Model_of_a_scorer_that_truncates_scores_the_first_tokens_of_longer_rows()
    {
        var tokens = Network.MaxTokens + 3;
        var sequences = Sequences.Values(new Random(1), 2 * tokens * Network.Dimension);
        var half = tokens * Network.Dimension;
        float[] first = [.. sequences[..(Network.MaxTokens * Network.Dimension)], .. sequences[half..(half + Network.MaxTokens * Network.Dimension)]];
        using var torch = Network.CreateNetwork();
        using var scorer = Network.CreateScorer(new MLContext(seed: 1), options =>
        {
            options.TokenProbabilities = true;
            options.BadRowPolicy = BadRowPolicy.Truncate;
        });
        ExportedModel.Use(scorer, null, model => AssertEqual(
            Logits(torch, first, 1, Network.MaxTokens, Network.Dimension), model.Run((Combined, sequences, [1, 2, tokens, Network.Dimension])), 1, Network.MaxTokens));
    }

    [TestMethod]
    [DataRow(1)]
    [DataRow(3)]
    public void Model_fails_for_more_tokens_than_the_network_has_positions(int maxTokens)
    {
        var network = Network with { Tokens = maxTokens - 2 };
        using var scorer = network.CreateScorer(new MLContext(seed: 1));
        ExportedModel.Use(scorer, null, model => Assert.Throws<OnnxRuntimeException>(() => model.Run(
            (Combined, new float[2 * (maxTokens + 1) * network.Dimension], [1, 2, maxTokens + 1, network.Dimension]))));
    }

    [TestMethod]
    [DataRow(2, 1)]
    [DataRow(1, 2)]
    public void Model_fails_for_embeddings_of_different_lengths(int previous, int current)
    {
        var context = new MLContext(seed: 1);
        using var transformer = context.Transforms.NextTokenDiscriminator(embeddingDimension: Network.Dimension)
            .Fit(PairView.OfUnknownSize(Network.CreatePairs(sameLength: false)));
        using var scorer = Network.CreateScorer(context);
        ExportedModel.Use(scorer, new OnnxExportOptions { Transformer = transformer }, model => Assert.Throws<OnnxRuntimeException>(() => model.Run(
            (PairView.Previous, new float[previous * Network.Dimension], [1, previous, Network.Dimension]),
            (PairView.Current, new float[current * Network.Dimension], [1, current, Network.Dimension]))));
    }

    [TestMethod]
    public void Probabilities_are_at_the_temperature_of_the_scorer()
    {
        const float temperature = 2.5f;
        using var file = new TemporaryFile();
        using var torch = Network.CreateNetwork();
        using var unfitted = Network.CreateScorer(new MLContext(seed: 1), options => options.TokenProbabilities = true);
        new StateDictionary(unfitted.Config, unfitted.Weights()) { Temperature = temperature }.Save(file.Path);
        using var scorer = unfitted.WithWeights(file.Path);
        var sequences = Sequences.Values(new Random(1), 2 * Network.Tokens * Network.Dimension);
        var logits = Logits(torch, sequences, 1, Network.Tokens, Network.Dimension);

        ExportedModel.Use(scorer, null, model =>
        {
            var found = model.Run((Combined, sequences, [1, 2, Network.Tokens, Network.Dimension]));

            Expect.Close(logits, (float[])found["TokenScores"], 1e-5);
            Expect.Close(Array.ConvertAll(logits, logit => Logistic(logit / temperature)), (float[])found["TokenProbabilities"], 1e-5);
            Expect.Close([Logistic(logits.Average() / temperature)], (float[])found["Probability"], 1e-5);
        });
    }

    private static float[] Logits(DiscriminatorNetwork network, float[] sequences, int rows, int tokens, int dimension)
    {
        using var scope = NewDisposeScope();
        using var mode = inference_mode();
        return network.forward(tensor(sequences).reshape(rows, 2 * tokens, dimension), null).data<float>().ToArray();
    }

    private static void AssertEqual(float[] logits, Dictionary<string, Array> found, int rows, int tokens)
    {
        float[] scores = [.. logits.Chunk(tokens).Select(row => row.Average())];
        Expect.Close(logits, (float[])found["TokenScores"], 1e-5);
        Expect.Close(Array.ConvertAll(logits, Logistic), (float[])found["TokenProbabilities"], 1e-5);
        Assert.HasCount(rows, scores);
        Expect.Close(scores, (float[])found["Score"], 1e-5);
        Expect.Close(Array.ConvertAll(scores, Logistic), (float[])found["Probability"], 1e-5);
        CollectionAssert.AreEqual(Array.ConvertAll((float[])found["Score"], score => score > 0), (bool[])found["PredictedLabel"]);
    }

    private static float Logistic(float logit) => 1 / (1 + MathF.Exp(-logit));
}
