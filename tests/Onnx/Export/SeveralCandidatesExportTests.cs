using FsCheck.Fluent;
using Microsoft.ML;
using Microsoft.ML.OnnxRuntime;

namespace MlNetNtd.Tests;

/// <summary>The file that <c>SaveAsOnnx</c> writes for several candidates of each token.</summary>
[TestClass]
public sealed class SeveralCandidatesExportTests
{
    private const int Candidates = 3;

    private static readonly MLContext Ml = new(seed: 1);

    private static readonly NetworkCase Network = new(
        Tokens: 5, Rows: 3, Dimension: 3, HeadWidth: 4, Heads: 2, Layers: 2, FeedForward: 10, LearnsInitialEmbedding: false, Seed: 1);

    [TestMethod]
    public void Exported_model_gives_the_scores_of_the_scorer_for_any_network_and_rows_of_any_length() => Property.Check(
        from network in NetworkCase.All
        from candidates in Gen.Choose(2, 5)
        select (network, candidates),
        given =>
        {
            var (network, candidates) = given;
            using var scorer = network.CreateScorer(Ml, options => options.TokenProbabilities = true);
            ExportedModel.Use(scorer.WithCandidatesPerToken(candidates), null, model =>
            {
                foreach (var (rows, tokens) in new[] { (network.Rows, network.Tokens), (1, 1), (2, network.MaxTokens) })
                {
                    using var transformer = CreateTransformer(network, candidates);
                    var pairs = CandidateView.CreatePairs(rows, tokens, candidates, network.Dimension, sameLength: true, network.Seed);
                    var combined = transformer.Transform(PairView.OfUnknownSize(pairs));
                    var values = ViewReader.Vectors<float>(combined, "Combined").SelectMany(row => row).ToArray();

                    var found = model.Run(("Combined", values, [rows, 1 + candidates, tokens, network.Dimension]));

                    AssertEqual(scorer.Transform(combined), found);
                }
            });
        },
        count: 40);

    [TestMethod]
    public void Exported_model_with_the_transform_reads_unshifted_embeddings() => Property.Check(
        from network in NetworkCase.All
        from candidates in Gen.Choose(2, 5)
        select (network, candidates),
        given =>
        {
            var (network, candidates) = given;
            using var transformer = CreateTransformer(network, candidates, options => options.InitialEmbedding = Sequences.Values(new Random(1), network.Dimension));
            using var scorer = network.CreateScorer(Ml, options => options.TokenProbabilities = true);
            var pairs = CandidateView.CreatePairs(network.Rows, network.Tokens, candidates, network.Dimension, sameLength: true, network.Seed);
            ExportedModel.Use(scorer, new OnnxExportOptions { Transformer = transformer }, model =>
            {
                var found = model.Run(
                    (PairView.Previous, pairs.SelectMany(pair => pair.Previous).ToArray(), [network.Rows, network.Tokens, network.Dimension]),
                    (PairView.Current, pairs.SelectMany(pair => pair.Current).ToArray(), [network.Rows, network.Tokens, candidates, network.Dimension]));

                AssertEqual(scorer.Transform(transformer.Transform(PairView.OfUnknownSize(pairs))), found);
            });
        },
        count: 40);

    [TestMethod]
    public void Padded_rows_have_the_scores_of_the_same_rows_alone_and_NaN_for_padding()
    {
        int[] counts = [Network.Tokens, 1, 3];
        using var scorer = Network.CreateScorer(Ml);
        using var transformer = CreateTransformer(Network, Candidates);
        var pairs = CandidateView.CreatePairs(counts.Length, Network.Tokens, Candidates, Network.Dimension, sameLength: true);
        ExportedModel.Use(scorer, new OnnxExportOptions { Transformer = transformer, TokenCountInputName = "Count" }, model =>
        {
            var found = model.Run(
                (PairView.Previous, pairs.SelectMany(pair => pair.Previous).ToArray(), [counts.Length, Network.Tokens, Network.Dimension]),
                (PairView.Current, pairs.SelectMany(pair => pair.Current).ToArray(), [counts.Length, Network.Tokens, Candidates, Network.Dimension]),
                ("Count", counts, [counts.Length]));

            SequencePair[] real = [.. pairs.Zip(counts, (pair, count) => new SequencePair(
                pair.Previous[..(count * Network.Dimension)], pair.Current[..(count * Candidates * Network.Dimension)]))];
            var expected = scorer.Transform(transformer.Transform(PairView.OfUnknownSize(real)));
            Expect.Close(ViewReader.Scalars<float>(expected, "Score").ToArray(), (float[])found["Score"], 1e-5);
            var scores = ((float[])found["TokenScores"]).Chunk(Network.Tokens * Candidates).ToArray();
            foreach (var (row, logits) in ViewReader.Vectors<float>(expected, "TokenScores").Index())
            {
                Expect.Close(logits, scores[row].AsSpan(0, logits.Length), 1e-5);
                Assert.IsTrue(scores[row][logits.Length..].All(float.IsNaN), $"row {row}");
            }
        });
    }

    [TestMethod]
    [DataRow(0)]
    [DataRow(6)]
    public void Row_with_an_invalid_token_count_has_the_score_NaN(int count)
    {
        using var scorer = Network.CreateScorer(Ml).WithCandidatesPerToken(Candidates);
        ExportedModel.Use(scorer, new OnnxExportOptions { TokenCountInputName = "Count" }, model =>
        {
            var values = Sequences.Values(new Random(1), 2 * (1 + Candidates) * Network.Tokens * Network.Dimension);

            var found = model.Run(("Combined", values, [2, 1 + Candidates, Network.Tokens, Network.Dimension]), ("Count", new[] { count, 5 }, [2]));

            CollectionAssert.AreEqual(new[] { true, false }, Array.ConvertAll((float[])found["Score"], float.IsNaN));
        });
    }

    [TestMethod]
    public void Model_of_a_scorer_that_truncates_scores_the_first_tokens_of_longer_rows()
    {
        var tokens = Network.MaxTokens + 3;
        using var scorer = Network.CreateScorer(Ml, options =>
        {
            options.TokenProbabilities = true;
            options.BadRowPolicy = BadRowPolicy.Truncate;
        });
        using var transformer = CreateTransformer(Network, Candidates, options => options.MaxTokens = tokens);
        var view = transformer.Transform(PairView.OfUnknownSize(CandidateView.CreatePairs(2, tokens, Candidates, Network.Dimension, sameLength: true)));
        ExportedModel.Use(scorer, new OnnxExportOptions { InputSchema = view.Schema }, model =>
        {
            var values = ViewReader.Vectors<float>(view, "Combined").SelectMany(row => row).ToArray();

            AssertEqual(scorer.Transform(view), model.Run(("Combined", values, [2, 1 + Candidates, tokens, Network.Dimension])));
        });
    }

    [TestMethod]
    public void Model_declares_the_axis_of_candidates_and_their_number()
    {
        using var transformer = CreateTransformer(Network, Candidates);
        using var scorer = Network.CreateScorer(Ml);
        ExportedModel.Use(scorer.WithCandidatesPerToken(Candidates), null, model =>
        {
            CollectionAssert.AreEqual(new[] { "batch", "4", "tokens", "3" }, Sizes(model.Session.InputMetadata["Combined"]));
            CollectionAssert.AreEqual(new[] { "batch", "tokens", "3" }, Sizes(model.Session.OutputMetadata["TokenScores"]));
            Assert.AreEqual("3", model.Session.ModelMetadata.CustomMetadataMap["mlnetntd.candidates_per_token"]);
        });
        ExportedModel.Use(scorer, new OnnxExportOptions { Transformer = transformer }, model =>
            CollectionAssert.AreEqual(new[] { "batch", "tokens", "3", "3" }, Sizes(model.Session.InputMetadata[PairView.Current])));
    }

    [TestMethod]
    public void Number_of_candidates_of_the_transform_counts_before_that_of_the_scorer()
    {
        using var one = CreateTransformer(Network, candidates: 1);
        using var scorer = Network.CreateScorer(Ml);
        TemporaryFolder.Use(folder =>
        {
            var (several, plain) = (Path.Combine(folder, "several"), Path.Combine(folder, "plain"));
            scorer.WithCandidatesPerToken(Candidates).SaveAsOnnx(several, new OnnxExportOptions { Transformer = one });
            scorer.SaveAsOnnx(plain, new OnnxExportOptions { Transformer = one });

            CollectionAssert.AreEqual(File.ReadAllBytes(plain), File.ReadAllBytes(several));
        });
    }

    [TestMethod]
    public void Schema_of_another_number_of_candidates_than_the_transform_is_refused()
    {
        using var transformer = CreateTransformer(Network, Candidates);
        using var other = CreateTransformer(Network, candidates: 2);
        using var scorer = Network.CreateScorer(Ml);
        var options = new OnnxExportOptions { Transformer = transformer, InputSchema = other.GetOutputSchema(PairView.OfUnknownSize([]).Schema) };

        TemporaryFile.Use(path =>
        {
            Expect.Error<ArgumentException>(
                "InputSchema: expected 3 candidates of each token in column 'Combined', as the transform writes them, found 2.", () => scorer.SaveAsOnnx(path, options));
            Assert.IsFalse(File.Exists(path));
        });
    }

    [TestMethod]
    [DataRow(3, Candidates)]
    [DataRow(2, Candidates - 1)]
    public void Model_fails_for_candidates_of_another_number_of_tokens_and_for_another_number_of_each(int tokens, int candidates)
    {
        using var transformer = CreateTransformer(Network, Candidates);
        using var scorer = Network.CreateScorer(Ml);
        ExportedModel.Use(scorer, new OnnxExportOptions { Transformer = transformer }, model => Assert.Throws<OnnxRuntimeException>(() => model.Run(
            (PairView.Previous, new float[2 * Network.Dimension], [1, 2, Network.Dimension]),
            (PairView.Current, new float[tokens * candidates * Network.Dimension], [1, tokens, candidates, Network.Dimension]))));
    }

    [TestMethod]
    [NeedsPythonOnnx]
    public void Model_passes_the_checker_and_shape_inference_of_ONNX()
    {
        using var transformer = CreateTransformer(Network, Candidates);
        using var scorer = Network.CreateScorer(Ml, options => options.TokenCountColumnName = "Count").WithCandidatesPerToken(Candidates);
        foreach (var options in new[] { new OnnxExportOptions(), new OnnxExportOptions { Transformer = transformer } })
        {
            TemporaryFile.Use(path =>
            {
                scorer.SaveAsOnnx(path, options);

                var printed = ExternalPrograms.RunPython("check.py", path).Split('\n', StringSplitOptions.RemoveEmptyEntries);
                CollectionAssert.AreEqual(new[] { "PredictedLabel batch", "Score batch", "Probability batch", "TokenScores batch tokens 3" }, printed);
            });
        }
    }

    private static string[] Sizes(NodeMetadata node) =>
        [.. node.Dimensions.Zip(node.SymbolicDimensions, (size, name) => name.Length > 0 ? name : $"{size}")];

    private static NextTokenDiscriminatorTransformer CreateTransformer(
        NetworkCase network, int candidates, Action<NextTokenDiscriminatorEstimator.Options>? configure = null)
    {
        var options = new NextTokenDiscriminatorEstimator.Options
        {
            EmbeddingDimension = network.Dimension,
            MaxTokens = network.MaxTokens,
            CandidatesPerToken = candidates,
        };
        configure?.Invoke(options);
        return Ml.Transforms.NextTokenDiscriminator(options).Fit(PairView.OfUnknownSize([]));
    }

    private static void AssertEqual(IDataView expected, Dictionary<string, Array> found)
    {
        foreach (var column in new[] { "Score", "Probability" })
            Expect.Close(ViewReader.Scalars<float>(expected, column).ToArray(), (float[])found[column], 1e-5);
        foreach (var column in new[] { "TokenScores", "TokenProbabilities" })
            Expect.Close(ViewReader.Vectors<float>(expected, column).SelectMany(row => row).ToArray(), (float[])found[column], 1e-5);
        CollectionAssert.AreEqual(Array.ConvertAll((float[])found["Score"], score => score > 0), (bool[])found["PredictedLabel"]);
    }
}
