using FsCheck.Fluent;

namespace MlNetNtd.Tests;

/// <summary>A generator corrected by a discriminator, against sums over all that can happen.</summary>
[TestClass]
public sealed class ResidualModelTests
{
    private const int Words = ToyGenerator.Words;
    private const int Sequences = 20_000;

    // 4 degrees of freedom, 0.1%.
    private const double ChiSquare = 18.47;

    [TestMethod]
    [DataRow(1.0, 1)]
    [DataRow(1.0, 2)]
    [DataRow(0.7, 4)]
    [DataRow(-1.5, 3)]
    public void Picks_among_K_draws_have_the_distribution_that_a_sum_over_all_draws_gives(double alpha, int candidates)
    {
        var toy = new ToyGenerator(seed: 3);
        using var model = toy.CreateModel(alpha, candidates);

        AssertDistribution(toy.Picks(alpha, candidates, 2), i => model.Sample([4, 2], i));
    }

    [TestMethod]
    public void Picks_among_many_draws_have_the_residual_distribution()
    {
        var toy = new ToyGenerator(seed: 3);
        using var model = toy.CreateModel(alpha: 1.2, candidates: 300);

        AssertDistribution(toy.Residual(1.2, 1), i => model.Sample([1], i), sequences: 5000);
    }

    [TestMethod]
    public void Alpha_of_zero_gives_the_generator_back()
    {
        var toy = new ToyGenerator(seed: 3);
        using var model = toy.CreateModel(alpha: 0, candidates: 8);

        AssertDistribution(toy.Residual(0), i => model.Sample([], i));
        var result = model.Evaluate([[0, 1, 2, 3, 4]]);
        Assert.AreEqual(result.GeneratorLoss, result.ResamplingLossUpperBound, 1e-12);
        Assert.AreEqual(result.GeneratorLoss, result.ResidualLossLowerBound, 1e-12);
        Assert.AreEqual(result.GeneratorLoss, result.ResidualLossUpperBound, 1e-12);
        Assert.AreEqual(result.GeneratorLoss, model.ComputeExactLoss([[0, 1, 2, 3, 4]]), 1e-12);
    }

    [TestMethod]
    [DataRow(1.0, 2)]
    [DataRow(1.0, 8)]
    [DataRow(0.4, 8)]
    [DataRow(-0.8, 4)]
    public void Fit_recovers_the_alpha_of_the_data(double alpha, int candidates)
    {
        var toy = new ToyGenerator(seed: 5);
        using var model = toy.CreateModel(alpha: 1, candidates);

        Assert.AreEqual(alpha, model.FitAlpha(DrawText(toy, alpha, 2000)), 0.05);
    }

    [TestMethod]
    public void Fitted_alpha_has_the_least_bound()
    {
        var toy = new ToyGenerator(seed: 5);
        var text = DrawText(toy, 0.6, 200);
        using var model = toy.CreateModel(alpha: 1, candidates: 4);
        var fitted = model.FitAlpha(text);

        var least = Loss(fitted);
        Assert.IsLessThan(Loss(fitted + 0.01), least);
        Assert.IsLessThan(Loss(fitted - 0.01), least);

        double Loss(double alpha)
        {
            model.Alpha = alpha;
            return model.Evaluate(text).ResamplingLossUpperBound;
        }
    }

    [TestMethod]
    public void Exact_loss_sums_over_the_vocabulary()
    {
        var toy = new ToyGenerator(seed: 7);
        using var model = toy.CreateModel(alpha: 1.3, candidates: 2);

        var expected = -(Math.Log(toy.Residual(1.3)[2]) + Math.Log(toy.Residual(1.3, 2)[0]) + Math.Log(toy.Residual(1.3)[4])) / 3;

        Assert.AreEqual(expected, model.ComputeExactLoss([[2, 0], [], [4]]), 1e-6);
        Assert.AreEqual(-(Math.Log(toy.Residual(0)[2]) + Math.Log(toy.Residual(0, 2)[0])) / 2, model.Evaluate([[2, 0]]).GeneratorLoss, 1e-6);
    }

    [TestMethod]
    public void Each_bound_is_on_its_side() => Property.Check(
        from seed in Gen.Choose(0, 100_000)
        from candidates in Gen.Choose(2, 5)
        from alpha in Gen.Choose(-20, 20)
        select (seed, candidates, alpha: alpha / 10.0),
        @case =>
        {
            // A mean of 10,000 draws: the scatter of a bound is below this.
            const double Scatter = 0.03;
            var toy = new ToyGenerator(@case.seed);
            using var model = toy.CreateModel(@case.alpha, @case.candidates);
            int[][] text = [.. Enumerable.Range(0, 10_000).Select(i => new[] { i % Words })];

            var result = model.Evaluate(text);

            var resampling = -toy.Picks(@case.alpha, @case.candidates).Average(Math.Log);
            var residual = -toy.Residual(@case.alpha).Average(Math.Log);
            Assert.AreEqual(residual, model.ComputeExactLoss(text[..Words]), 1e-6);
            Assert.IsGreaterThan(resampling - Scatter, result.ResamplingLossUpperBound);
            Assert.IsLessThan(residual + Scatter, result.ResidualLossLowerBound);
            Assert.IsLessThanOrEqualTo(result.ResidualLossUpperBound + 1e-9, result.ResidualLossLowerBound);
        });

    [TestMethod]
    public void Bounds_close_as_draws_grow()
    {
        var toy = new ToyGenerator(seed: 11);
        var text = DrawText(toy, 1, 100);
        double previous = double.PositiveInfinity;
        foreach (var candidates in new[] { 2, 8, 32, 128 })
        {
            using var model = toy.CreateModel(alpha: 1.5, candidates);
            var result = model.Evaluate(text);

            var gap = result.ResidualLossUpperBound - result.ResidualLossLowerBound;
            Assert.IsLessThan(previous, gap);
            if (candidates >= 32)
                Assert.AreEqual(model.ComputeExactLoss(text), (result.ResidualLossUpperBound + result.ResidualLossLowerBound) / 2, 0.03);
            previous = gap;
        }
    }

    [TestMethod]
    public void One_candidate_has_no_upper_bound_from_fewer_draws()
    {
        using var model = new ToyGenerator(seed: 1).CreateModel(alpha: 1, candidates: 1);

        var result = model.Evaluate([[1, 2, 3]]);

        Assert.AreEqual(result.GeneratorLoss, result.ResamplingLossUpperBound, 1e-12);
        Assert.IsTrue(double.IsNaN(result.ResidualLossUpperBound));
    }

    [TestMethod]
    public void Seed_and_sequence_decide_the_draws_whatever_was_drawn_before()
    {
        var toy = new ToyGenerator(seed: 3);
        using var model = toy.CreateModel(alpha: 1, candidates: 4);
        using var other = toy.CreateModel(alpha: 1, candidates: 4, seed: 2);
        var expected = model.Generate(50, sequence: 7);
        model.Sample([3]);

        CollectionAssert.AreEqual(expected, model.Generate(50, sequence: 7));
        CollectionAssert.AreEqual(expected, model.Generate(50, sequence: 7, prompt: expected.AsSpan(0, 20)));
        CollectionAssert.AreNotEqual(expected, model.Generate(50, sequence: 8));
        CollectionAssert.AreNotEqual(expected, other.Generate(50, sequence: 7));
    }

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void Token_scorer_scores_ids_by_their_embeddings_and_features_in_contexts_of_any_order(bool hasFeatures) => Property.Check(
        Gen.Choose(0, Words - 1).ListOf().Select(ids => ids.Take(11).ToArray()).NonEmptyListOf(),
        contexts =>
        {
            // The features of a token depend on all tokens before it.
            var features = hasFeatures ? TokenFeatures.FromNGrams([[0, 1, 2, 3, 4, 2, 0, 1, 1]], Words, n: 2) : null;
            var dimension = 3 + (features?.Count ?? 0);
            var scorer = new TokenScorer(
                StateDictionary.Initialize(new DiscriminatorConfig { EmbeddingDimension = dimension, MaxTokens = 12, ModelDimension = 8, Heads = 2 }.Resolve(), seed: 1), null, threads: 1);
            var embeddings = Tests.Sequences.Values(new Random(1), Words * 3);
            var toy = new ToyGenerator(seed: 3);
            using var cached = new ResidualModel(
                toy.Generate, scorer, Embedding, new ResidualModelOptions { VocabularySize = Words, Alpha = 5, Candidates = 6, TokenFeatures = features });
            using var whole = new ResidualModel(toy.Generate, ScoreWhole, new ResidualModelOptions { VocabularySize = Words, Alpha = 5, Candidates = 6 });

            foreach (var context in contexts)
                Assert.AreEqual(whole.Sample(context), cached.Sample(context));
            Assert.AreEqual(whole.Evaluate(contexts.Append([0])), cached.Evaluate(contexts.Append([0])));

            ReadOnlySpan<float> Embedding(int id) => embeddings.AsSpan(id * 3, 3);

            void ScoreWhole(ReadOnlySpan<int> context, ReadOnlySpan<int> candidates, Span<float> scores)
            {
                for (var i = 0; i < candidates.Length; i++)
                {
                    int[] ids = [.. context, candidates[i]];
                    float[] tokens = [.. ids.SelectMany((id, position) => CreateVector(ids.AsSpan(0, position), id))];
                    var logits = new float[ids.Length];
                    scorer.Score(tokens, tokens, logits);
                    scores[i] = logits[^1];
                }
            }

            float[] CreateVector(ReadOnlySpan<int> context, int id)
            {
                var values = new float[dimension - 3];
                features?.Compute(context, id, values);
                return [.. Embedding(id), .. values];
            }
        });

    [TestMethod]
    public void Token_that_is_drawn_twice_is_scored_once()
    {
        var asked = 0;
        using var model = new ResidualModel(
            (_, logits) => logits.Clear(),
            (_, candidates, scores) =>
            {
                CollectionAssert.AllItemsAreUnique(candidates.ToArray());
                asked = candidates.Length;
                scores.Clear();
            },
            new ResidualModelOptions { VocabularySize = 3, Candidates = 100 });

        model.Sample([]);

        Assert.AreEqual(3, asked);
    }

    [TestMethod]
    public void Token_without_mass_is_never_drawn_and_its_loss_is_infinite()
    {
        using var model = new ResidualModel(
            (_, logits) => (logits[0], logits[1], logits[2]) = (float.NegativeInfinity, 0, float.NegativeInfinity),
            (_, _, scores) => scores.Clear(),
            new ResidualModelOptions { VocabularySize = 3 });

        Assert.IsTrue(model.Generate(100).All(id => id == 1));
        Assert.AreEqual(double.PositiveInfinity, model.Evaluate([[0]]).GeneratorLoss);
        Assert.AreEqual(0.0, model.Evaluate([[1]]).GeneratorLoss, 1e-12);
    }

    [TestMethod]
    public void Proposal_without_mass_or_with_NaN_is_named_with_its_position()
    {
        Error("Sequence 4, position 2: expected a token with a finite logit of the generator, found none.", (_, logits) => logits.Fill(float.NegativeInfinity));
        Error("Sequence 4, position 2: expected finite logits of the generator, or -Infinity, found NaN for token 1.", (_, logits) => (logits[0], logits[1]) = (0, float.NaN));
        Error("Sequence 4, position 2: expected finite logits of the generator, or -Infinity, found Infinity for token 2.", (_, logits) => (logits[0], logits[1], logits[2]) = (0, 0, float.PositiveInfinity));
        Error("Sequence 4, position 2: expected finite logits of the generator, or -Infinity, found NaN for token 0.", (_, _) => { });

        static void Error(string message, NextTokenDistribution generator)
        {
            using var model = new ResidualModel(generator, (_, _, scores) => scores.Clear(), new ResidualModelOptions { VocabularySize = 3 });
            Expect.Error<InvalidOperationException>(message, () => model.Sample([0, 1], sequence: 4));
        }
    }

    [TestMethod]
    public void Score_that_is_not_finite_is_named_with_its_position()
    {
        using var model = new ResidualModel(
            (_, logits) => (logits[0], logits[1]) = (0, float.NegativeInfinity),
            (_, _, scores) => scores.Fill(float.NaN),
            new ResidualModelOptions { VocabularySize = 2 });

        Expect.Error<InvalidOperationException>("Sequence 1, position 0: expected finite scores of the discriminator, found NaN for token 0.", () => model.FitAlpha([[], [0]]));
    }

    [TestMethod]
    public void Bad_options_and_sequences_are_named()
    {
        Error("VocabularySize: expected at least 1, found 0.", new ResidualModelOptions());
        Error("Candidates: expected at least 1, found 0.", new ResidualModelOptions { VocabularySize = 2, Candidates = 0 });
        Error("Alpha: expected a finite value from -1E9 to 1E9, found NaN.", new ResidualModelOptions { VocabularySize = 2, Alpha = double.NaN });
        using var model = new ToyGenerator(seed: 1).CreateModel(alpha: 1, candidates: 2);
        Expect.Error<ArgumentOutOfRangeException>("alpha: expected a finite value from -1E9 to 1E9, found Infinity.", () => model.Alpha = double.PositiveInfinity);
        Expect.Error<ArgumentException>("Sequence 1, position 2: expected an id from 0 to 4, found 5.", () => model.Evaluate([[0], [1, 2, 5]]));
        Expect.Error<ArgumentException>("Sequence 0: expected token ids, found null.", () => model.Evaluate([null!]));
        Expect.Error<ArgumentException>("sequences: expected at least one token, found 2 sequences without.", () => model.ComputeExactLoss([[], []]));
        Expect.Error<ArgumentOutOfRangeException>("tokens: expected at least 2, the tokens of the prompt, found 1.", () => model.Generate(1, prompt: [1, 2]));

        static void Error(string message, ResidualModelOptions options) =>
            Expect.Error<ArgumentException>(message, () => _ = new ResidualModel((_, _) => { }, (_, _, _) => { }, options));
    }

    [TestMethod]
    public void Alpha_that_the_likelihood_does_not_bound_is_an_error_and_equal_scores_leave_the_generator()
    {
        using var one = new ToyGenerator(seed: 1).CreateModel(alpha: 1, candidates: 1);
        Expect.Error<InvalidOperationException>("FitAlpha: expected at least 2 candidates, found 1.", () => one.FitAlpha([[1]]));
        Expect.Error<InvalidOperationException>("Alpha: expected real tokens above and below their draws, found all of them above: the likelihood has no maximum.", () => Fit(4));
        Expect.Error<InvalidOperationException>("Alpha: expected real tokens above and below their draws, found all of them below: the likelihood has no maximum.", () => Fit(0));

        using var equal = new ResidualModel((_, logits) => logits.Clear(), (_, _, scores) => scores.Fill(3), new ResidualModelOptions { VocabularySize = 5 });
        Assert.AreEqual(0.0, equal.FitAlpha([[0, 1, 2]]));

        static double Fit(int target)
        {
            using var model = new ResidualModel(
                (_, logits) => logits.Clear(),
                (_, candidates, scores) => candidates.ToArray().Select(id => (float)id).ToArray().CopyTo(scores),
                new ResidualModelOptions { VocabularySize = 5 });
            return model.FitAlpha([[target, target]]);
        }
    }

    [TestMethod]
    public void Embedding_of_another_length_and_a_sequence_beyond_MaxTokens_are_named()
    {
        var scorer = new TokenScorer(
            StateDictionary.Initialize(new DiscriminatorConfig { EmbeddingDimension = 3, MaxTokens = 4 }.Resolve(), seed: 1), null, threads: 1);
        var options = new ResidualModelOptions { VocabularySize = 2 };
        using var wrong = new ResidualModel((_, logits) => logits.Clear(), scorer, _ => new float[2], options);
        using var model = new ResidualModel((_, logits) => logits.Clear(), scorer, _ => new float[3], options);

        Expect.Error<InvalidOperationException>("Embedding of token 0: expected 3 values, found 2.", () => wrong.FitAlpha([[0]]));
        Assert.HasCount(4, model.Generate(4));
        Expect.Error<ArgumentException>("context: expected at most 3 tokens (MaxTokens of the scorer is 4), found 4.", () => model.Generate(5));
    }

    [TestMethod]
    public void Features_that_do_not_fit_are_named()
    {
        var scorer = new TokenScorer(
            StateDictionary.Initialize(new DiscriminatorConfig { EmbeddingDimension = 3, MaxTokens = 4 }.Resolve(), seed: 1), null, threads: 1);

        Error(new TokenFeatures(3, (_, _, _) => { }), "TokenFeatures: expected fewer than 3 features (EmbeddingDimension of the scorer), found 3.");
        Error(TokenFeatures.FromNGrams([[0, 1]], vocabularySize: 2, n: 1), "TokenFeatures: expected fewer than 3 features (EmbeddingDimension of the scorer), found 5.");
        Expect.Error<ArgumentException>(
            "TokenFeatures: expected null where the discriminator is a delegate of ids, found features.",
            () => _ = new ResidualModel((_, _) => { }, (_, _, _) => { }, Options(new TokenFeatures(1, (_, _, _) => { }))));
        var wide = new TokenScorer(
            StateDictionary.Initialize(new DiscriminatorConfig { EmbeddingDimension = 6, MaxTokens = 4 }.Resolve(), seed: 1), null, threads: 1);
        Expect.Error<ArgumentException>(
            "TokenFeatures: expected features of at least 5 ids (VocabularySize), found 2.",
            () => _ = new ResidualModel((_, _) => { }, wide, _ => new float[1], Options(TokenFeatures.FromNGrams([[0, 1]], vocabularySize: 2, n: 1))));

        using var narrow = new ResidualModel((_, logits) => logits.Clear(), scorer, _ => new float[3], Options(new TokenFeatures(1, (_, _, _) => { })));
        Expect.Error<InvalidOperationException>("Embedding of token 0: expected 2 values (3 of the scorer less 1 of TokenFeatures), found 3.", () => narrow.FitAlpha([[0]]));
        using var infinite = new ResidualModel(
            (_, logits) => logits.Clear(), scorer, _ => new float[2], Options(new TokenFeatures(1, (context, _, values) => values[0] = 1f / (1 - context.Length))));
        Expect.Error<InvalidOperationException>("Position 1, token 0: expected finite features (TokenFeatures), found Infinity in feature 0.", () => infinite.Evaluate([[2, 0]]));

        void Error(TokenFeatures features, string message) =>
            Expect.Error<ArgumentException>(message, () => _ = new ResidualModel((_, _) => { }, scorer, _ => new float[3], Options(features)));

        static ResidualModelOptions Options(TokenFeatures features) => new() { VocabularySize = Words, TokenFeatures = features };
    }

    [TestMethod]
    public void Resampler_picks_in_proportion_to_the_exponential()
    {
        var resampler = new CandidateResampler(alpha: 2, seed: 4);
        float[] scores = [0, 0.5f, -1, 0.3f, 1];
        var sum = scores.Sum(score => Math.Exp(2 * score));

        AssertDistribution([.. scores.Select(score => Math.Exp(2 * score) / sum)], i => resampler.Pick(scores, i, 3));
        Assert.AreEqual(2, resampler.Alpha);
        Expect.Error<ArgumentException>("scores: expected at least one candidate, found none.", () => resampler.Pick([], 0, 0));
        Expect.Error<ArgumentException>("scores: expected finite values, found NaN for candidate 1.", () => resampler.Pick([0, float.NaN], 0, 0));
        Expect.Error<ArgumentOutOfRangeException>("alpha: expected a finite value from -1E9 to 1E9, found NaN.", () => _ = new CandidateResampler(double.NaN));
    }

    private static void AssertDistribution(double[] expected, Func<int, int> draw, int sequences = Sequences)
    {
        var counts = new int[Words];
        for (var i = 0; i < sequences; i++)
            counts[draw(i)]++;
        var statistic = expected.Select((probability, id) => Math.Pow(counts[id] - sequences * probability, 2) / (sequences * probability)).Sum();
        Assert.IsLessThan(ChiSquare, statistic, $"expected {string.Join(' ', expected)}, found {string.Join(' ', counts)}");
    }

    // Sequences of 20 tokens, drawn from the residual distribution.
    private static int[][] DrawText(ToyGenerator toy, double alpha, int sequences)
    {
        var random = new Random(9);
        return [.. Enumerable.Range(0, sequences).Select(_ =>
        {
            var ids = new int[20];
            for (var i = 0; i < ids.Length; i++)
            {
                var (probabilities, point) = (toy.Residual(alpha, ids.AsSpan(0, i)), random.NextDouble());
                while (ids[i] < Words - 1 && (point -= probabilities[ids[i]]) >= 0)
                    ids[i]++;
            }

            return ids;
        })];
    }
}
