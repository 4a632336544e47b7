using Microsoft.ML;
using Microsoft.ML.Data;
using Options = MlNetNtd.NextTokenDiscriminatorTrainer.Options;

namespace MlNetNtd.Tests;

/// <summary>Trainer and scorer with several candidates of each token.</summary>
[TestClass]
public sealed class SeveralCandidatesTests
{
    private const int Tokens = 5;
    private const int Candidates = 4;
    private const int Dimension = Samples.Dimension;

    private static readonly MLContext Ml = new(seed: 1);

    [TestMethod]
    [DataRow(LossKind.Token, EngineKind.Managed)]
    [DataRow(LossKind.Token, EngineKind.Torch)]
    [DataRow(LossKind.RankingNce, EngineKind.Managed)]
    [DataRow(LossKind.RankingNce, EngineKind.Torch)]
    public void Trainer_learns_which_candidate_is_true(LossKind loss, EngineKind engine)
    {
        var view = Transformed(Rows(80, maxTokens: Tokens));
        using var scorer = Fit(view, options => (options.LossKind, options.Engine, options.Epochs, options.ValidationFraction) = (loss, engine, 8, 0.2));

        var metrics = Ml.BinaryClassification.EvaluateTokens(scorer.Transform(view), labelColumnName: "TokenLabels");

        Assert.AreEqual(Candidates, scorer.CandidatesPerToken);
        Assert.IsGreaterThan(0.95, metrics.AreaUnderRocCurve);
        Assert.HasCount(Tokens, metrics.ByPosition);
        Assert.IsLessThan(scorer.History[0].Validation!.Loss, scorer.History[^1].Validation!.Loss);
    }

    [TestMethod]
    [DataRow(LossKind.Token)]
    [DataRow(LossKind.RankingNce)]
    public void Engines_have_the_same_losses(LossKind loss)
    {
        var view = Transformed(Rows(40, maxTokens: Tokens));

        var histories = new[] { EngineKind.Managed, EngineKind.Torch }.Select(engine =>
        {
            using var scorer = Fit(view, options => (options.LossKind, options.Engine, options.ValidationFraction, options.BatchSize) = (loss, engine, 0.2, 8));
            return scorer.History;
        }).ToArray();

        for (var epoch = 0; epoch < histories[0].Length; epoch++)
        {
            Assert.AreEqual(histories[1][epoch].Training.Loss, histories[0][epoch].Training.Loss, 1e-4, $"epoch {epoch}");
            Assert.AreEqual(histories[1][epoch].Validation!.Loss, histories[0][epoch].Validation!.Loss, 1e-4, $"epoch {epoch}");
        }
    }

    [TestMethod]
    public void Loss_of_a_ranking_is_the_cross_entropy_of_the_softmax_over_the_candidates_of_each_token()
    {
        var rows = Rows(40, Tokens);
        var view = Transformed(rows);
        using var scorer = Fit(view, options => (options.LossKind, options.LearningRate, options.Epochs) = (LossKind.RankingNce, 1e-9, 1));

        var scores = TokenScores(scorer.Transform(view));

        var losses = rows.SelectMany((row, i) => scores[i].Chunk(Candidates).Zip(row.Labels.Chunk(Candidates), (logits, labels) =>
            Math.Log(logits.Sum(logit => Math.Exp(logit))) - logits[Array.IndexOf(labels, true)]));
        Assert.AreEqual(losses.Average(), scorer.History[0].Training.Loss, 1e-4);
    }

    [TestMethod]
    [DataRow(EngineKind.Managed)]
    [DataRow(EngineKind.Torch)]
    public void Scorer_scores_any_number_of_candidates_as_each_alone(EngineKind engine)
    {
        var rows = Rows(7, Tokens);
        using var trained = Fit(Transformed(rows));
        using var scorer = trained.WithEngine(engine);

        var together = TokenScores(scorer.Transform(Transformed(rows)));

        for (var k = 0; k < Candidates; k++)
        {
            var candidate = k;
            var alone = TokenScores(scorer.Transform(Transformed([.. rows.Select(row => row.Take(candidate))])));
            for (var row = 0; row < rows.Length; row++)
            {
                Assert.HasCount(rows[row].Tokens, alone[row]);
                for (var t = 0; t < alone[row].Length; t++)
                    Assert.AreEqual(alone[row][t], together[row][t * Candidates + candidate], engine == EngineKind.Managed ? 0 : 1e-5, $"row {row}, token {t}, candidate {candidate}");
            }
        }
    }

    [TestMethod]
    public void Token_columns_of_known_size_are_tokens_by_candidates_with_NaN_for_padding()
    {
        var view = Transformed(Rows(4, Tokens), options => (options.MaxTokens, options.PadToMaxTokens, options.TokenCountColumnName) = (Tokens + 2, true, "Tokens"));
        using var scorer = Fit(view, options => options.TokenCountColumnName = "Tokens");

        var scored = scorer.Transform(view);

        Assert.AreEqual(new VectorDataViewType(NumberDataViewType.Single, Tokens + 2, Candidates), scored.Schema["TokenScores"].Type);
        var scores = TokenScores(scored);
        Assert.HasCount((Tokens + 2) * Candidates, scores[0]);
        Assert.IsTrue(float.IsNaN(scores[0][^1]));
    }

    [TestMethod]
    public void Saved_scorer_has_the_same_scores_and_candidates()
    {
        var view = Transformed(Rows(6, Tokens));
        using var scorer = Fit(view);
        using var stream = new MemoryStream();
        Ml.Model.Save(scorer, view.Schema, stream);
        stream.Position = 0;

        using var loaded = (NextTokenDiscriminatorScorer)Ml.Model.Load(stream, out _);

        Assert.AreEqual(Candidates, loaded.CandidatesPerToken);
        Assert.AreEqual(1, loaded.WithCandidatesPerToken(1).CandidatesPerToken);
        var (expected, found) = (TokenScores(scorer.Transform(view)), TokenScores(loaded.Transform(view)));
        for (var row = 0; row < expected.Length; row++)
            Expect.SameBits(expected[row], found[row]);
    }

    [TestMethod]
    public void Option_says_the_number_of_candidates_where_no_annotation_does()
    {
        var rows = Rows(40, Tokens);
        var combined = ViewReader.Vectors<float>(Transformed(rows), "Combined");
        var view = new TestView(rows.Length)
            .Vector("Combined", new VectorDataViewType(NumberDataViewType.Single, 0, Dimension), row => combined[(int)row])
            .Vector("TokenLabels", new VectorDataViewType(BooleanDataViewType.Instance), row => rows[row].Labels);

        using var plain = Fit(view, options => (options.CandidatesPerToken, options.MaskColumnName) = (Candidates, ""));
        using var annotated = Fit(Transformed(rows), options => options.MaskColumnName = "");

        Expect.SameBits(TokenScores(annotated.Transform(Transformed(rows)))[3], TokenScores(plain.Transform(view))[3]);
    }

    [TestMethod]
    public void Masks_that_are_read_row_by_row_give_the_same_scorer()
    {
        var rows = Rows(20, Tokens);
        var view = Transformed(rows);
        var (combined, masks) = (ViewReader.Vectors<float>(view, "Combined"), ViewReader.Vectors<bool>(view, "Mask"));
        var copy = new TestView(rows.Length)
            .Vector("Combined", new VectorDataViewType(NumberDataViewType.Single, 0, Dimension), row => combined[(int)row])
            .Vector("Mask", new VectorDataViewType(BooleanDataViewType.Instance), row => masks[(int)row])
            .Vector("TokenLabels", new VectorDataViewType(BooleanDataViewType.Instance), row => rows[row].Labels);

        using var read = Fit(copy, options => options.CandidatesPerToken = Candidates);
        using var annotated = Fit(view);

        Expect.SameBits(TokenScores(annotated.Transform(view))[0], TokenScores(read.Transform(copy))[0]);
    }

    [TestMethod]
    public void Row_without_exactly_one_true_candidate_is_an_error_that_names_it()
    {
        var rows = Rows(9, Tokens);
        Array.Fill(rows[3].Labels, true, Candidates, 2);

        var error = Assert.ThrowsExactly<InvalidRowException>(() => Fit(Transformed(rows), options => options.LossKind = LossKind.RankingNce));

        Assert.Contains("Column 'TokenLabels', row 3: expected exactly one true label among the 4 candidates of each token (LossKind.RankingNce), found", error.Message);
        Assert.EndsWith("at token 1.", error.Message);
    }

    [TestMethod]
    public void Labels_of_another_number_are_an_error_that_names_the_row()
    {
        var rows = Rows(9, Tokens);
        rows[2] = rows[2] with { Labels = rows[2].Labels[1..] };

        var error = Assert.ThrowsExactly<InvalidRowException>(() => Fit(Transformed(rows)));

        Assert.Contains($"Column 'TokenLabels', row 2: expected {rows[2].Tokens * Candidates} labels, one for each of 4 candidates of {rows[2].Tokens} tokens, found {rows[2].Labels.Length}.", error.Message);
    }

    [TestMethod]
    public void Sequence_of_another_number_of_candidates_is_an_error_that_names_the_row()
    {
        var rows = Rows(9, Tokens);
        var combined = ViewReader.Vectors<float>(Transformed(rows), "Combined");
        combined[3] = combined[3][..^Dimension];
        var view = new TestView(rows.Length).Vector("Combined", new VectorDataViewType(NumberDataViewType.Single, 0, Dimension), row => combined[(int)row]);
        using var scorer = Fit(Transformed(rows), options => options.MaskColumnName = "");

        Expect.Error<InvalidRowException>(
            () => TokenScores(scorer.Transform(view)),
            $"Column 'Combined', row 3: expected a multiple of 40 values, a context and 4 candidates of each token (CandidatesPerToken) of dimension 8, found {combined[3].Length}.");
    }

    [TestMethod]
    public void Options_that_contradict_the_columns_are_errors()
    {
        var view = Transformed(Rows(9, Tokens));
        var single = Transformed([.. Rows(9, Tokens).Select(row => row.Take(0))]);

        Assert.Contains(
            "Schema mismatch for feature column 'Combined': expected 3 candidates of each token (CandidatesPerToken), got an annotation CandidatesPerToken of 4.",
            Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => Fit(view, options => options.CandidatesPerToken = 3)).Message);
        Assert.Contains(
            "Schema mismatch for feature column 'Combined': expected at least 2 candidates of each token (LossKind.RankingNce), got 1.",
            Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => Fit(single, options => options.LossKind = LossKind.RankingNce)).Message);
        Assert.Contains(
            "expected Vector<Boolean>, a label per candidate (LossKind.RankingNce), got Boolean",
            Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => Fit(view, options => (options.LossKind, options.LabelColumnName) = (LossKind.RankingNce, "Label"))).Message);
        Assert.Contains(
            "CandidatesPerToken: expected 1 to 1024 candidates, found 1025.",
            Assert.ThrowsExactly<ArgumentException>(() => Fit(view, options => options.CandidatesPerToken = 1025)).Message);
    }

    [TestMethod]
    public void Rows_of_token_ids_have_one_true_candidate_of_each_token_at_a_random_place()
    {
        var table = EmbeddingTable.FromRows([.. Enumerable.Range(0, 20).Select(id => Enumerable.Range(0, Dimension).Select(i => (float)((id * 7 + i * 3) % 11) / 11).ToArray())]);
        int[][] sequences = [.. Enumerable.Range(0, 30).Select(s => Enumerable.Range(0, 12).Select(t => (s + 3 * t) % 20).ToArray())];
        var rows = Ml.Data.CreateDiscriminatorRows(
            sequences, table, new DiscriminatorRowOptions { WindowTokens = 4, CandidatesPerToken = 3, Candidates = CandidateSource.Unigram, Seed = 1 });

        Assert.AreEqual(
            "PreviousEmbeddings: Vector<Single, 4, 8>; CurrentEmbeddings: Vector<Single, 4, 3, 8>; TokenLabels: Vector<Boolean, 4, 3>; SequenceId: Int64",
            string.Join("; ", rows.Schema.Select(column => $"{column.Name}: {column.Type}")));
        var (previous, current) = (ViewReader.Vectors<float>(rows, "PreviousEmbeddings"), ViewReader.Vectors<float>(rows, "CurrentEmbeddings"));
        var labels = ViewReader.Vectors<bool>(rows, "TokenLabels");
        Assert.HasCount(90, labels);
        for (var t = 0; t < 4; t++)
        {
            var place = Enumerable.Range(0, 3).Single(k => labels[5][3 * t + k]);
            Expect.SameBits(previous[5].AsSpan(t * Dimension, Dimension).ToArray(), current[5].AsSpan((3 * t + place) * Dimension, Dimension).ToArray());
        }

        Assert.IsGreaterThan(1, labels.Select(row => Array.IndexOf(row, true)).Distinct().Count());
        using var scorer = Trainers.Small(Ml, options => (options.LabelColumnName, options.LossKind) = ("TokenLabels", LossKind.RankingNce)).Fit(Trainers.Transformed(Ml, rows));
        Assert.AreEqual(3, scorer.CandidatesPerToken);
    }

    private static NextTokenDiscriminatorScorer Fit(IDataView view, Action<Options>? configure = null) => Trainers.Small(Ml, options =>
    {
        options.LabelColumnName = "TokenLabels";
        configure?.Invoke(options);
    }).Fit(view);

    private static float[][] TokenScores(IDataView view) => [.. ViewReader.Vectors<float>(view, "TokenScores")];

    private static IDataView Transformed(Row[] rows, Action<NextTokenDiscriminatorEstimator.Options>? configure = null)
    {
        var candidates = rows[0].Current.Length / rows[0].Previous.Length;
        var view = new TestView(rows.Length)
            .Vector("PreviousEmbeddings", new VectorDataViewType(NumberDataViewType.Single), row => rows[row].Previous)
            .Vector("CurrentEmbeddings", new VectorDataViewType(NumberDataViewType.Single), row => rows[row].Current)
            .Vector("TokenLabels", new VectorDataViewType(BooleanDataViewType.Instance), row => rows[row].Labels)
            .Scalar("Label", BooleanDataViewType.Instance, row => row % 2 == 0);
        return Trainers.Transformed(Ml, view, options =>
        {
            (options.CandidatesPerToken, options.MaxTokens) = (candidates, Tokens);
            configure?.Invoke(options);
        });
    }

    // The first value of the true candidate of each token is positive, that of the others negative.
    private static Row[] Rows(int count, int maxTokens)
    {
        var random = new Random(1);
        return [.. Enumerable.Range(0, count).Select(number =>
        {
            var tokens = number == 1 ? maxTokens : 1 + random.Next(maxTokens);
            tokens = Math.Max(2, tokens);
            var (current, labels) = (Samples.Values(random, tokens * Candidates * Dimension), new bool[tokens * Candidates]);
            for (var t = 0; t < tokens; t++)
                labels[t * Candidates + random.Next(Candidates)] = true;
            for (var i = 0; i < labels.Length; i++)
                Samples.Mark(current, i, labels[i]);
            return new Row(Samples.Values(random, tokens * Dimension), current, labels);
        })];
    }

    private sealed record Row(float[] Previous, float[] Current, bool[] Labels)
    {
        public int Tokens => Previous.Length / Dimension;

        public Row Take(int candidate) => new(
            Previous,
            [.. Enumerable.Range(0, Tokens).SelectMany(t => Current.Skip((t * Candidates + candidate) * Dimension).Take(Dimension))],
            [.. Enumerable.Range(0, Tokens).Select(t => Labels[t * Candidates + candidate])]);
    }
}
