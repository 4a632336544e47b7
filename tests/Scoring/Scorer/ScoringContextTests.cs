using FsCheck;
using FsCheck.Fluent;

namespace MlNetNtd.Tests;

/// <summary>Candidates of one position, scored with the context's keys and values kept.</summary>
[TestClass]
public sealed class ScoringContextTests
{
    private const int Tokens = 6;
    private const int Dimension = 5;

    private static DiscriminatorConfig Config => new() { EmbeddingDimension = Dimension, MaxTokens = Tokens, ModelDimension = 12, Heads = 3 };

    private static Gen<(DiscriminatorConfig Config, int Candidates, int Seed)> Cases =>
        from tokens in Gen.Choose(1, 40)
        from dimension in Gen.Choose(1, 20)
        from heads in Gen.Choose(1, 4)
        from size in Gen.Choose(1, 40)
        from layers in Gen.Choose(1, 3)
        from inner in Gen.Choose(1, 300)
        from learned in Gen.Elements(true, false)
        from candidates in Gen.Choose(1, 20)
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
        }, candidates, seed);

    [TestMethod]
    public void Candidates_have_the_bits_of_whole_sequences_at_any_size_and_vector_width() => Property.Check(Cases, @case =>
    {
        var (config, count, seed) = @case;
        var random = new Random(seed);
        var (tokens, dimension) = (config.MaxTokens, config.EmbeddingDimension);
        var weights = StateDictionary.Initialize(config.Resolve(), seed);
        var initial = Sequences.Values(random, dimension);
        var real = Sequences.Values(random, tokens * dimension);
        var candidates = Enumerable.Range(0, count).Select(_ => Sequences.Values(random, tokens * dimension)).ToArray();
        foreach (var width in Enum.GetValues<VectorWidth>())
        {
            var scorer = new TokenScorer(weights, initial, threads: 1, width);
            var expected = candidates.Select(sequence => Score(scorer, real, sequence)).ToArray();
            using var context = scorer.CreateContext();
            for (var position = 0; position < tokens; position++)
            {
                Assert.AreEqual(position, context.Length);
                var logits = new float[count];
                scorer.ScoreCandidates(context, [.. candidates.SelectMany(sequence => Token(sequence, position, dimension))], logits);
                Expect.SameBits(expected.Select(row => row[position]).ToArray(), logits, $"{width}, {config}, position {position}.");
                context.Append(Token(real, position, dimension));
            }
        }
    });

    [TestMethod]
    public void Tokens_appended_together_count_as_tokens_appended_one_by_one() => Property.Check(
        Gen.Choose(1, 5).NonEmptyListOf(),
        pieces =>
        {
            var total = pieces.Sum();
            var scorer = Scorer(Config with { MaxTokens = total + 1 });
            var (real, candidates) = (Values(1, total), Values(2, 3));
            using var context = scorer.CreateContext();
            using var single = scorer.CreateContext();
            for (var i = 0; i < total; i++)
                single.Append(Token(real, i));
            var first = 0;
            foreach (var piece in pieces)
            {
                context.Append(real.AsSpan(first * Dimension, piece * Dimension));
                first += piece;
            }

            Expect.SameBits(Score(single, candidates), Score(context, candidates));
        });

    [TestMethod]
    public void Batch_of_contexts_is_computed_as_each_alone_on_any_number_of_threads() => Property.Check(
        from lengths in Gen.Choose(0, 29).NonEmptyListOf()
        from count in Gen.Elements(1, 8, 300)
        from threads in Gen.Choose(1, 4)
        select (Lengths: lengths.ToArray(), count, threads),
        @case =>
        {
            var (lengths, count, threads) = @case;
            var scorer = Scorer(Config with { MaxTokens = 30 }, threads);
            var candidates = Values(3, lengths.Length * count);
            var next = Values(4, lengths.Length);
            ScoringContext[] contexts = [.. lengths.Select(Create)], alone = [.. lengths.Select(Create)];
            var logits = new float[lengths.Length * count];

            scorer.ScoreCandidatesBatch(contexts, candidates, logits);
            for (var i = 0; i < lengths.Length; i++)
                Expect.SameBits(Score(alone[i], candidates.AsSpan(i * count * Dimension, count * Dimension)), logits.AsSpan(i * count, count));

            scorer.AppendBatch(contexts, next);
            for (var i = 0; i < lengths.Length; i++)
            {
                alone[i].Append(Token(next, i));
                Assert.AreEqual(lengths[i] + 1, contexts[i].Length);
                if (lengths[i] < 29)
                    Expect.SameBits(Score(alone[i], Values(5, 2)), Score(contexts[i], Values(5, 2)));
            }

            ScoringContext Create(int length)
            {
                var context = scorer.CreateContext();
                if (length > 0)
                    context.Append(Values(length, length));
                return context;
            }
        },
        count: 40);

    [TestMethod]
    public void Truncated_context_is_the_shorter_one()
    {
        var scorer = Scorer(Config);
        var (real, other, candidates) = (Values(1, Tokens), Values(2, Tokens), Values(3, 2));
        using var context = scorer.CreateContext();
        using var expected = scorer.CreateContext();
        context.Append(real);
        for (var length = Tokens; length >= 0; length--)
        {
            context.Truncate(length);
            Assert.AreEqual(length, context.Length);
            if (length == Tokens)
                continue;
            expected.Reset();
            if (length > 0)
                expected.Append(real.AsSpan(0, length * Dimension));
            Expect.SameBits(Score(expected, candidates), Score(context, candidates), $"Length {length}.");
        }

        context.Append(other.AsSpan(0, Dimension));
        expected.Append(other.AsSpan(0, Dimension));
        Expect.SameBits(Score(expected, candidates), Score(context, candidates));
    }

    [TestMethod]
    public void Copy_continues_on_its_own()
    {
        var scorer = Scorer(Config with { MaxTokens = 80 });
        var (real, other, candidates) = (Values(1, 70), Values(2, 70), Values(3, 2));
        using var context = scorer.CreateContext();
        context.Append(real.AsSpan(0, 3 * Dimension));
        using var copy = context.Copy();
        copy.Append(other);
        context.Append(real.AsSpan(3 * Dimension));
        using var expected = scorer.CreateContext();
        expected.Append([.. real.AsSpan(0, 3 * Dimension), .. other]);

        Assert.AreEqual(73, copy.Length);
        Expect.SameBits(Score(expected, candidates), Score(copy, candidates));
        expected.Reset();
        expected.Append(real);
        Expect.SameBits(Score(expected, candidates), Score(context, candidates));
    }

    [TestMethod]
    public void Candidate_that_overflows_has_no_score_and_the_others_keep_theirs()
    {
        var scorer = Scorer(Config);
        using var context = scorer.CreateContext();
        context.Append(Values(1, 2));
        var candidates = Values(2, 7);
        var expected = Score(context, candidates);
        candidates[3 * Dimension] = 1e30f;

        var found = Score(context, candidates);

        Assert.IsTrue(float.IsNaN(found[3]));
        found[3] = expected[3];
        Expect.SameBits(expected, found);
    }

    [TestMethod]
    public void Context_of_a_disposed_one_s_memory_begins_anew()
    {
        var scorer = Scorer(Config);
        var candidates = Values(2, 2);
        float[] expected;
        using (var first = scorer.CreateContext())
        {
            expected = Score(first, candidates);
            first.Append(Values(1, 4));
        }

        using var second = scorer.CreateContext();

        Assert.AreEqual(0, second.Length);
        Expect.SameBits(expected, Score(second, candidates));
    }

    [TestMethod]
    public void One_context_serves_many_threads_while_nobody_appends()
    {
        var scorer = Scorer(Config, threads: 3);
        using var context = scorer.CreateContext();
        context.Append(Values(1, 3));
        var candidates = Values(2, 200);
        var expected = Score(context, candidates);

        Parallel.For(0, 200, new ParallelOptions { MaxDegreeOfParallelism = 8 }, _ => Expect.SameBits(expected, Score(context, candidates)));
    }

    [TestMethod]
    public void Nothing_is_allocated_after_the_first_sequence()
    {
        var scorer = Scorer(Config, threads: 1);
        var (real, candidates, logits) = (Values(1, Tokens), Values(2, 8), new float[8]);
        using var context = scorer.CreateContext();
        Run();

        var before = GC.GetAllocatedBytesForCurrentThread();
        Run();

        Assert.AreEqual(before, GC.GetAllocatedBytesForCurrentThread());

        void Run()
        {
            context.Reset();
            for (var i = 0; i < Tokens; i++)
            {
                scorer.ScoreCandidates(context, candidates, logits);
                context.Append(real.AsSpan(i * Dimension, Dimension));
            }
        }
    }

    [TestMethod]
    public void Bad_input_is_named_and_changes_nothing()
    {
        var scorer = Scorer(Config);
        using var context = scorer.CreateContext();
        using var foreign = Scorer(Config).CreateContext();
        var disposed = scorer.CreateContext();
        disposed.Dispose();
        disposed.Dispose();
        var (two, bad, logits) = (Values(1, 2), Values(1, 2), new float[2]);
        bad[7] = float.NaN;
        context.Append(two);

        Error("Context 0: expected a context of this scorer (CreateContext), found one of another scorer.", () => scorer.ScoreCandidates(foreign, two, logits));
        Error("Context 1: expected a context, found null.", () => scorer.ScoreCandidatesBatch([context, null!], two, logits));
        Error("contexts: expected at least one context, found none.", () => scorer.AppendBatch([], two));
        Error("candidates: expected 10 values, (1, 2, 5), found 5.", () => scorer.ScoreCandidates(context, two.AsSpan(5), logits));
        Error("candidates: expected finite values, found NaN in context 0, token 1, dimension 2.", () => scorer.ScoreCandidates(context, bad, logits));
        Error("logits: expected a multiple of 2 values, the number of contexts, found 3.", () => scorer.ScoreCandidatesBatch([context, context], two, new float[3]));
        Error("logits: expected a multiple of 1 values, the number of contexts, found 0.", () => scorer.ScoreCandidates(context, [], []));
        Error("tokens: expected a multiple of 5 values, found 9.", () => context.Append(two.AsSpan(1)));
        Error("tokens: expected a multiple of 5 values, found 0.", () => context.Append([]));
        Error("tokens: expected finite values, found NaN in context 0, token 1, dimension 2.", () => context.Append(bad));
        Error("Context 0: expected at most 6 tokens (MaxTokens), found 2 and 5 more.", () => context.Append(Values(1, 5)));
        Error("Context 1: expected each context once, found it twice.", () => scorer.AppendBatch([context, context], two));
        Error("length: expected 0 to 2, the tokens of the context, found 3.", () => context.Truncate(3));
        Error("length: expected 0 to 2, the tokens of the context, found -1.", () => context.Truncate(-1));
        Assert.AreEqual(2, context.Length);
        CollectionAssert.AreEqual(new float[2], logits);
        Assert.ThrowsExactly<ObjectDisposedException>(() => scorer.ScoreCandidates(disposed, two, logits));
        Assert.ThrowsExactly<ObjectDisposedException>(() => disposed.Append(two));
        Assert.ThrowsExactly<ObjectDisposedException>(disposed.Reset);

        context.Append(Values(2, 4));
        Error("Context 0: expected at most 5 tokens before a candidate (MaxTokens is 6), found 6.", () => scorer.ScoreCandidates(context, two, logits));

        static void Error(string message, Action action) => StringAssert.StartsWith(Assert.Throws<ArgumentException>(action).Message, message);
    }

    private static TokenScorer Scorer(DiscriminatorConfig config, int threads = 1) => new(StateDictionary.Initialize(config.Resolve(), seed: 1), null, threads);

    private static float[] Values(int seed, int tokens) => Sequences.Values(new Random(seed), tokens * Dimension);

    private static float[] Token(float[] sequence, int position, int dimension = Dimension) => sequence[(position * dimension)..((position + 1) * dimension)];

    private static float[] Score(TokenScorer scorer, float[] real, float[] candidates)
    {
        var logits = new float[scorer.MaxTokens];
        scorer.Score(real, candidates, logits);
        return logits;
    }

    private static float[] Score(ScoringContext context, ReadOnlySpan<float> candidates)
    {
        var logits = new float[candidates.Length / context.Scorer.EmbeddingDimension];
        context.Scorer.ScoreCandidates(context, candidates, logits);
        return logits;
    }
}
