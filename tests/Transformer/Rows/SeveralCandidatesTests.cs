using FsCheck;
using FsCheck.Fluent;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetNtd.Tests;

/// <summary>The transform with several candidates of each token.</summary>
[TestClass]
public sealed class SeveralCandidatesTests
{
    private const int Dimension = 3;

    private static Gen<(int Tokens, int Candidates, int Padding, int Rows, bool KnowsSize, EngineKind Engine, int BatchSize, int Seed)> Cases =>
        from tokens in Gen.Choose(1, 5)
        from candidates in Gen.Choose(1, 5)
        from padding in Gen.Choose(0, 3)
        from rows in Gen.Choose(1, 5)
        from knowsSize in Gen.Elements(false, true)
        from engine in Gen.Elements(EngineKind.Managed, EngineKind.Torch)
        from batchSize in Gen.Choose(1, 3)
        from seed in Gen.Choose(0, 999)
        select (tokens, candidates, padding, rows, knowsSize, engine, batchSize, seed);

    [TestMethod]
    public void Row_is_the_context_followed_by_the_candidates_of_each_token() => Property.Check(Cases, one =>
    {
        var rows = Rows(one.Rows, one.KnowsSize ? _ => one.Tokens : random => random.Next(1, one.Tokens + 1), one.Candidates, one.Seed);
        var view = View(rows, one.KnowsSize ? one.Tokens : null, one.Candidates);
        float[] initial = [5, 6, 7];
        var padded = one.Tokens + one.Padding;
        using var transformer = Transformers.Fit(view, options =>
        {
            options.EmbeddingDimension = Dimension;
            options.CandidatesPerToken = one.Candidates;
            options.Engine = one.Engine;
            options.BatchSize = one.BatchSize;
            options.InitialEmbedding = initial;
            options.MaxTokens = padded;
            options.PadToMaxTokens = one.Padding > 0;
        });

        var output = transformer.Transform(view);
        var read = ViewReader.Rows(output, Views.Combined, Views.Mask);

        for (var row = 0; row < rows.Length; row++)
        {
            var tokens = rows[row].Previous.Length / Dimension;
            var length = one.Padding > 0 ? padded : tokens;
            float[] expected =
            [
                .. initial, .. rows[row].Previous[..^Dimension], .. new float[(length - tokens) * Dimension],
                .. rows[row].Current, .. new float[(length - tokens) * one.Candidates * Dimension],
            ];
            Expect.SameBits(expected, (float[])read[row][Views.Combined], $"Row {row}.");
            var mask = new bool[NextTokenMask.Count(length, one.Candidates)];
            NextTokenMask.Fill(mask, tokens, length, MaskKind.Blocked, one.Candidates);
            Expect.Same<bool>(mask, (bool[])read[row][Views.Mask], $"Row {row}.");
        }
    });

    [TestMethod]
    public void Schema_says_the_sizes_and_the_number_of_candidates()
    {
        var view = View(Rows(1, _ => 4, 3), 4, 3);
        using var transformer = Transformers.Fit(view, options => options.CandidatesPerToken = 3);

        var schema = transformer.GetOutputSchema(view.Schema);

        Assert.AreEqual(3, transformer.CandidatesPerToken);
        Assert.AreEqual(new VectorDataViewType(NumberDataViewType.Single, 16, Dimension), schema[Views.Combined].Type);
        Assert.AreEqual(new VectorDataViewType(BooleanDataViewType.Instance, 16, 16), schema[Views.Mask].Type);
        var candidates = 0;
        schema[Views.Combined].Annotations.GetValue(AttentionMaskAnnotation.CandidatesPerTokenName, ref candidates);
        Assert.AreEqual(3, candidates);
        Assert.IsTrue(schema.TryGetAttentionMask(Views.Combined, out bool[]? mask));
        Assert.HasCount(16 * 16, mask);
    }

    [TestMethod]
    public void Number_of_candidates_comes_from_the_column_type_where_no_option_says_it()
    {
        using var shaped = Transformers.Fit(View(Rows(1, _ => 4, 3), 4, 3));
        using var flat = Transformers.Fit(View(Rows(1, _ => 4, 1), 4, null));

        Assert.AreEqual(3, shaped.CandidatesPerToken);
        Assert.AreEqual(1, flat.CandidatesPerToken);
    }

    [TestMethod]
    public void Type_with_another_number_of_candidates_is_an_error()
    {
        var view = View(Rows(1, _ => 4, 3), 4, 3);

        var error = Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => Transformers.Fit(view, options => options.CandidatesPerToken = 2));

        Assert.Contains("Schema mismatch for current embeddings column 'CurrentEmbeddings': expected 2 candidates of each token (CandidatesPerToken), (T, 2, 3), got Vector<Single, 4, 3, 3>.", error.Message);
    }

    [TestMethod]
    [DataRow(0, false)]
    [DataRow(-1, true)]
    [DataRow(1024, false)]
    [DataRow(1025, true)]
    public void Number_of_candidates_is_1_to_1024(int candidates, bool isError)
    {
        var options = new NextTokenDiscriminatorEstimator.Options { CandidatesPerToken = candidates, MaxTokens = 4 };
        if (!isError)
        {
            _ = new NextTokenDiscriminatorEstimator(new MLContext(), options);
            return;
        }

        var error = Assert.ThrowsExactly<ArgumentException>(() => new NextTokenDiscriminatorEstimator(new MLContext(), options));
        Assert.Contains($"CandidatesPerToken: expected 1 to 1024 candidates, found {candidates}.", error.Message);
    }

    [TestMethod]
    public void MaxTokens_is_bounded_by_the_mask_of_all_candidates()
    {
        var most = NextTokenMask.GetMaxTokens(100);
        var options = new NextTokenDiscriminatorEstimator.Options { CandidatesPerToken = 100, MaxTokens = most + 1 };

        var error = Assert.ThrowsExactly<ArgumentException>(() => new NextTokenDiscriminatorEstimator(new MLContext(), options));

        Assert.Contains($"MaxTokens: expected 1 to {most} tokens of 100 candidates each (CandidatesPerToken), found {most + 1}.", error.Message);
    }

    [TestMethod]
    [DataRow(EngineKind.Managed)]
    [DataRow(EngineKind.Torch)]
    public void Row_with_another_number_of_candidates_is_an_error_that_names_it(EngineKind engine)
    {
        var rows = Rows(3, _ => 4, 2);
        rows[1] = rows[1] with { Current = new float[4 * 3 * Dimension] };
        var view = View(rows, null, 2);
        using var transformer = Transformers.Fit(view, options =>
            (options.EmbeddingDimension, options.CandidatesPerToken, options.Engine, options.BatchSize) = (Dimension, 2, engine, 1));

        var error = Assert.ThrowsExactly<InvalidRowException>(() => ViewReader.Rows(transformer.Transform(view), Views.Combined));

        Assert.Contains("Column 'CurrentEmbeddings', row 1: expected 24 values, 2 candidates (CandidatesPerToken) for each of the 4 tokens in column 'PreviousEmbeddings', found 36.", error.Message);
    }

    [TestMethod]
    public void Truncation_keeps_the_candidates_of_the_first_tokens()
    {
        var rows = Rows(1, _ => 4, 2);
        var view = View(rows, null, 2);
        using var transformer = Transformers.Fit(view, options =>
            (options.EmbeddingDimension, options.CandidatesPerToken, options.MaxTokens, options.TruncateToMaxTokens) = (Dimension, 2, 2, true));

        var combined = ViewReader.Vectors<float>(transformer.Transform(view), Views.Combined)[0];

        Expect.SameBits([0, 0, 0, .. rows[0].Previous[..3], .. rows[0].Current[..12]], combined);
    }

    [TestMethod]
    public void Saved_transform_has_the_same_candidates()
    {
        var context = new MLContext();
        var view = View(Rows(2, _ => 4, 3), 4, 3);
        using var transformer = Transformers.Fit(view);
        using var stream = new MemoryStream();
        context.Model.Save(transformer, view.Schema, stream);
        stream.Position = 0;

        var loaded = context.Model.Load(stream, out _);

        Expect.SameBits(
            ViewReader.Vectors<float>(transformer.Transform(view), Views.Combined)[1], ViewReader.Vectors<float>(loaded.Transform(view), Views.Combined)[1]);
    }

    [TestMethod]
    [DataRow(MaskKind.Blocked)]
    [DataRow(MaskKind.Additive)]
    public void Batches_have_the_sequences_and_masks_of_the_columns(MaskKind kind)
    {
        var rows = Rows(5, random => random.Next(1, 5), 3);
        var view = View(rows, null, 3);
        using var transformer = Transformers.Fit(view, options =>
            (options.EmbeddingDimension, options.CandidatesPerToken, options.MaskKind) = (Dimension, 3, kind));
        var combined = ViewReader.Vectors<float>(transformer.Transform(view), Views.Combined);

        using var batch = transformer.ToBatches(view).Single();

        Assert.AreEqual(3, batch.CandidatesPerToken);
        var padded = (int)(batch.Sequences.shape[1] / 4);
        for (var row = 0; row < rows.Length; row++)
        {
            var tokens = rows[row].Previous.Length / Dimension;
            var values = batch.Sequences[row].data<float>().ToArray();
            Expect.SameBits(combined[row].AsSpan(0, tokens * Dimension), values.AsSpan(0, tokens * Dimension));
            Expect.SameBits(combined[row].AsSpan(tokens * Dimension), values.AsSpan(padded * Dimension, 3 * tokens * Dimension));
        }

        _ = batch.Mask;
        Assert.IsTrue(batch.FollowsRule);
    }

    private static SequencePair[] Rows(int rows, Func<Random, int> tokens, int candidates, int seed = 1)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, rows).Select(_ =>
        {
            var length = tokens(random) * Dimension;
            return new SequencePair(Sequences.Values(random, length), Sequences.Values(random, candidates * length));
        })];
    }

    // With tokens, the types say (T, C) and (T, K, C), or (T, C) without candidates.
    private static TestView View(SequencePair[] rows, int? tokens, int? candidates)
    {
        var (previous, current) = tokens is { } known
            ? (new VectorDataViewType(NumberDataViewType.Single, known, Dimension),
                candidates is { } count ? new VectorDataViewType(NumberDataViewType.Single, known, count, Dimension) : new VectorDataViewType(NumberDataViewType.Single, known, Dimension))
            : (new VectorDataViewType(NumberDataViewType.Single), new VectorDataViewType(NumberDataViewType.Single));
        return new TestView(rows.Length)
            .Vector(Views.Previous, previous, row => rows[row].Previous)
            .Vector(Views.Current, current, row => rows[row].Current);
    }
}
