using FsCheck.Fluent;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetNtd.Tests;

/// <summary>ML.NET's <c>ConvertToOnnx</c> of a chain with the transform and the scorer.</summary>
[TestClass]
public sealed class ScorerConversionTests
{
    private static readonly string[] Columns = ["PredictedLabel", "Score", "Probability", "TokenScores", "TokenProbabilities"];

    private static readonly NetworkCase Network = new(
        Tokens: 5, Rows: 4, Dimension: 3, HeadWidth: 4, Heads: 2, Layers: 2, FeedForward: 10, LearnsInitialEmbedding: false, Seed: 1);

    [TestMethod]
    public void Converted_chain_gives_the_same_scores_for_any_network_rows_of_any_length_and_every_operator_set() => Property.Check(
        from network in NetworkCase.All
        from sameLength in Gen.Elements(false, true)
        from opset in Gen.Choose(9, 12)
        select (network, sameLength, opset),
        given =>
        {
            var (network, sameLength, opset) = given;
            var context = new MLContext(seed: 1);
            var pairs = network.CreatePairs(sameLength);
            var view = sameLength ? PairView.OfKnownSize(pairs, network.Dimension) : PairView.OfUnknownSize(pairs);
            using var chain = CreateChain(context, network, view, options => options.TokenProbabilities = true);

            ConvertedModel.AssertEqual(context, chain, view, opset, Columns);
        },
        count: 60);

    [TestMethod]
    [DataRow(true, true, "Count", DisplayName = "rows of one length")]
    [DataRow(false, true, "Count", DisplayName = "rows of any length")]
    [DataRow(true, true, null, DisplayName = "rows of one length, without a count")]
    [DataRow(true, false, null, DisplayName = "rows of one length, token scores not padded")]
    public void Converted_chain_gives_the_same_scores_for_padded_rows(bool sameLength, bool padScores, string? count)
    {
        var context = new MLContext(seed: 1);
        var pairs = Network.CreatePairs(sameLength);
        var view = sameLength ? PairView.OfKnownSize(pairs, Network.Dimension) : PairView.OfUnknownSize(pairs);
        using var chain = CreateChain(
            context, Network, view,
            options =>
            {
                options.TokenProbabilities = true;
                options.TokenCountColumnName = count;
                options.PadTokenScores = padScores;
            },
            options =>
            {
                options.PadToMaxTokens = true;
                options.TokenCountColumnName = count;
            });

        ConvertedModel.AssertEqual(context, chain, view, 12, Columns);
    }

    [TestMethod]
    [DataRow(true, true)]
    [DataRow(true, false)]
    [DataRow(false, true)]
    public void Converted_chain_gives_the_same_scores_for_rows_that_the_scorer_truncates(bool sameLength, bool padScores)
    {
        var context = new MLContext(seed: 1);
        var pairs = sameLength ? Sequences.Pairs(3, Network.MaxTokens + 4, Network.Dimension) : Sequences.Mixed(6, Network.MaxTokens + 4, Network.Dimension);
        var view = sameLength ? PairView.OfKnownSize(pairs, Network.Dimension) : PairView.OfUnknownSize(pairs);
        using var chain = CreateChain(
            context, Network, view,
            options =>
            {
                options.BadRowPolicy = BadRowPolicy.Truncate;
                options.TokenProbabilities = true;
                options.PadTokenScores = padScores;
            },
            options => options.MaxTokens = 100);

        ConvertedModel.AssertEqual(context, chain, view, 12, Columns);
    }

    [TestMethod]
    public void Converted_chain_gives_the_same_scores_for_padded_rows_that_the_scorer_truncates()
    {
        var context = new MLContext(seed: 1);
        var view = PairView.OfUnknownSize(Sequences.Mixed(8, Network.MaxTokens + 4, Network.Dimension));
        using var chain = CreateChain(
            context, Network, view,
            options =>
            {
                options.BadRowPolicy = BadRowPolicy.Truncate;
                options.TokenCountColumnName = "Count";
            },
            options =>
            {
                options.MaxTokens = Network.MaxTokens + 4;
                options.PadToMaxTokens = true;
                options.TokenCountColumnName = "Count";
            });

        ConvertedModel.AssertEqual(context, chain, view, 12, Columns[..^1]);
    }

    [TestMethod]
    public void Converted_chain_gives_the_same_scores_for_several_candidates_rows_of_any_length_and_padding() => Property.Check(
        from network in NetworkCase.All
        from candidates in Gen.Choose(2, 4)
        from sameLength in Gen.Elements(false, true)
        from pads in Gen.Elements(false, true)
        from opset in Gen.Choose(9, 12)
        select (network, candidates, sameLength, pads, opset),
        given =>
        {
            var (network, candidates, sameLength, pads, opset) = given;
            var context = new MLContext(seed: 1);
            var count = pads ? "Count" : null;
            var view = CreateCandidates(network.Rows, network.Tokens, candidates, network.Dimension, sameLength);
            using var chain = CreateChain(
                context, network, view,
                options => (options.TokenProbabilities, options.TokenCountColumnName) = (true, count),
                options => (options.CandidatesPerToken, options.PadToMaxTokens, options.TokenCountColumnName) = (candidates, pads, count));

            ConvertedModel.AssertEqual(context, chain, view, opset, Columns);
        },
        count: 40);

    [TestMethod]
    [DataRow(true, true, false)]
    [DataRow(true, false, false)]
    [DataRow(false, true, false)]
    [DataRow(false, true, true)]
    public void Converted_chain_gives_the_same_scores_for_several_candidates_of_rows_that_the_scorer_truncates(bool sameLength, bool padScores, bool pads)
    {
        var (context, count, tokens) = (new MLContext(seed: 1), pads ? "Count" : null, Network.MaxTokens + 4);
        var view = CreateCandidates(rows: 6, tokens, candidates: 3, Network.Dimension, sameLength);
        using var chain = CreateChain(
            context, Network, view,
            options => (options.BadRowPolicy, options.TokenProbabilities, options.PadTokenScores, options.TokenCountColumnName) = (BadRowPolicy.Truncate, true, padScores, count),
            options => (options.MaxTokens, options.CandidatesPerToken, options.PadToMaxTokens, options.TokenCountColumnName) = (tokens, 3, pads, count));

        ConvertedModel.AssertEqual(context, chain, view, 12, Columns);
    }

    [TestMethod]
    public void Converted_chain_holds_two_scorers()
    {
        var context = new MLContext(seed: 1);
        var view = PairView.OfKnownSize(Network.CreatePairs(sameLength: true), Network.Dimension);
        using var first = CreateChain(context, Network, view);
        using var second = (Network with { Seed = 2, Layers = 1 }).CreateScorer(context);

        ConvertedModel.AssertEqual(context, new TransformerChain<ITransformer>([.. first, second]), view, 12, Columns[..^1]);
    }

    [TestMethod]
    public void Converted_model_is_asked_for_some_columns_only()
    {
        var context = new MLContext(seed: 1);
        var view = PairView.OfKnownSize(Network.CreatePairs(sameLength: true), Network.Dimension);
        using var chain = CreateChain(context, Network, view);
        using var stream = new MemoryStream();

        context.Model.ConvertToOnnx(chain, view, stream, "Score");

        using var session = new Microsoft.ML.OnnxRuntime.InferenceSession(stream.ToArray());
        CollectionAssert.AreEqual(new[] { "Score.output" }, session.OutputMetadata.Keys.ToArray());
    }

    [TestMethod]
    public void Scorer_whose_masks_are_read_row_by_row_is_refused()
    {
        var context = new MLContext(seed: 1);
        var view = PairView.OfUnknownSize(Network.CreatePairs(sameLength: false));
        using var chain = CreateChain(context, Network, view, configureTransform: options => options.PadToMaxTokens = true);

        AssertRefused(
            context, chain, view,
            "ConvertToOnnx, mask column 'Mask': expected masks that follow the next-token rule by the annotation AttentionMaskRule, and a number of tokens that the schema "
            + "or the token count column tells, found masks whose values are read in each row. Keep the transform's annotations, and with padding set TokenCountColumnName.");
    }

    [TestMethod]
    public void Scorer_of_a_mask_that_does_not_follow_the_rule_is_refused()
    {
        var context = new MLContext(seed: 1);
        var mask = new bool[4 * Network.Tokens * Network.Tokens];
        mask[1] = true;
        var view = new TestView(1)
            .Vector("Combined", new(NumberDataViewType.Single, 2 * Network.Tokens, Network.Dimension), _ => new float[2 * Network.Tokens * Network.Dimension]);
        view.Annotate("Combined", MaskAnnotationBuilder.Create(BooleanDataViewType.Instance, mask));
        using var scorer = Network.CreateScorer(context, options => options.MaskColumnName = null);

        AssertRefused(
            context, scorer, view,
            "ConvertToOnnx, feature column 'Combined': expected masks that follow the next-token rule, found another mask in the annotation AttentionMask.");
    }

    [TestMethod]
    public void Scorer_in_bfloat16_is_refused_and_accepted_with_the_same_weights_in_Single()
    {
        var context = new MLContext(seed: 1);
        var view = PairView.OfKnownSize(Network.CreatePairs(sameLength: true), Network.Dimension);
        using var transformer = context.Transforms.NextTokenDiscriminator().Fit(view);
        using var network = Network.CreateNetwork(ComputePrecision.BFloat16);
        using var single = Network.CreateNetwork();
        using var scorer = Trainers.Small(context).CreateScorer(network);

        AssertRefused(
            context, new TransformerChain<ITransformer>(transformer, scorer), view,
            "ConvertToOnnx, Precision: expected Single, found BFloat16. Copy the weights to a network with Precision = Single, and convert scorer.WithWeights(network).");
        ConvertedModel.AssertEqual(context, new TransformerChain<ITransformer>(transformer, scorer.WithWeights(single)), view, 12, Columns[..^1]);
    }

    [TestMethod]
    public void Scorer_of_counted_tokens_without_padded_token_scores_is_refused()
    {
        var context = new MLContext(seed: 1);
        var view = PairView.OfUnknownSize(Network.CreatePairs(sameLength: false));
        using var chain = CreateChain(
            context, Network, view,
            options =>
            {
                options.TokenCountColumnName = "Count";
                options.PadTokenScores = false;
            },
            options =>
            {
                options.PadToMaxTokens = true;
                options.TokenCountColumnName = "Count";
            });

        AssertRefused(
            context, chain, view,
            "ConvertToOnnx, token count column 'Count': expected PadTokenScores to be true, as the token scores of all rows have one length in ONNX, found false. "
            + "Convert scorer.WithPadTokenScores(true).");
    }

    [TestMethod]
    public void Scorer_of_counted_tokens_in_rows_of_unknown_size_is_refused()
    {
        var context = new MLContext(seed: 1);
        var view = new TestView(1)
            .Vector("Combined", new(NumberDataViewType.Single, 0, Network.Dimension), _ => new float[2 * Network.Tokens * Network.Dimension])
            .Scalar("Count", NumberDataViewType.Int32, _ => 1);
        using var scorer = Network.CreateScorer(context, options =>
        {
            options.MaskColumnName = null;
            options.TokenCountColumnName = "Count";
        });

        AssertRefused(
            context, scorer, view,
            $"ConvertToOnnx, token count column 'Count': expected a feature column 'Combined' of known size, as rows of one length are padded in ONNX, "
            + $"found {view.Schema["Combined"].Type}. Set PadToMaxTokens in the transform's options.");
    }

    [TestMethod]
    public void Scorer_behind_a_transform_that_MLNET_cannot_convert_is_refused()
    {
        var context = new MLContext(seed: 1);
        var view = PairView.OfKnownSize(Network.CreatePairs(sameLength: true), Network.Dimension);
        var chain = context.Transforms.CustomMapping<Named, Renamed>((row, renamed) => renamed.Real = row.PreviousEmbeddings, null)
            .Append(context.Transforms.NextTokenDiscriminator(new NextTokenDiscriminatorEstimator.Options
            {
                PreviousColumnName = "Real",
                EmbeddingDimension = Network.Dimension,
            }))
            .Fit(view);

        AssertRefused(
            context, chain, view,
            "ConvertToOnnx, column 'Real': expected a column of the input data or of a transform with an ONNX form, found one of a transform that ML.NET cannot convert.");
    }

    private static void AssertRefused(MLContext context, ITransformer transformer, IDataView view, string message)
    {
        using var stream = new MemoryStream();
        Expect.Error<InvalidOperationException>(message, () => context.Model.ConvertToOnnx(transformer, view, stream));
        Assert.AreEqual(0, stream.Length);
    }

    private static TestView CreateCandidates(int rows, int tokens, int candidates, int dimension, bool sameLength)
    {
        var pairs = CandidateView.CreatePairs(rows, tokens, candidates, dimension, sameLength);
        return sameLength ? CandidateView.OfKnownSize(pairs, candidates, dimension) : PairView.OfUnknownSize(pairs);
    }

    private static TransformerChain<ITransformer> CreateChain(
        MLContext context, NetworkCase network, IDataView view, Action<NextTokenDiscriminatorTrainer.Options>? configure = null,
        Action<NextTokenDiscriminatorEstimator.Options>? configureTransform = null)
    {
        var options = new NextTokenDiscriminatorEstimator.Options { EmbeddingDimension = network.Dimension, MaxTokens = network.MaxTokens };
        configureTransform?.Invoke(options);
        return new TransformerChain<ITransformer>(
            context.Transforms.NextTokenDiscriminator(options).Fit(view), WithTemperature(network.CreateScorer(context, configure)));
    }

    // A temperature goes with the weights of a file.
    private static NextTokenDiscriminatorScorer WithTemperature(NextTokenDiscriminatorScorer scorer)
    {
        using (scorer)
        {
            using var file = new TemporaryFile();
            new StateDictionary(scorer.Config, scorer.Weights()) { Temperature = 2.5f }.Save(file.Path);
            return scorer.WithWeights(file.Path);
        }
    }

    private sealed class Named
    {
        [VectorType(5, 3)]
        public float[] PreviousEmbeddings { get; set; } = [];
    }

    private sealed class Renamed
    {
        [VectorType(5, 3)]
        public float[] Real { get; set; } = [];
    }
}
