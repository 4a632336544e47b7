using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetNtd.Tests;

/// <summary>Bad input has its own exception, which names the row of the request and the column of the user.</summary>
[TestClass]
public sealed class InvalidRowTests
{
    private static readonly MLContext Ml = new(seed: 1);

    [TestMethod]
    public void Null_row_of_a_list_is_named_by_its_index()
    {
        using var scorer = Trainers.Untrained(Ml);
        using var pool = Ml.CreatePredictionPool<TokenRow, Scores>(Chain(scorer));
        var rows = Samples.Fixed(3);

        var error = Assert.ThrowsExactly<InvalidRowException>(() => pool.PredictBatch([rows[0], null!, rows[2]]));

        Assert.AreEqual("Row 1: expected a row, found null.", error.Message);
        Assert.AreEqual((null, 1L, "a row", "null"), (error.ColumnName, error.Row, error.Expected, error.Found));
        Assert.HasCount(3, pool.PredictBatch(rows));
    }

    /// <summary>Whatever the engine has predicted before, and however many engines there are.</summary>
    [TestMethod]
    public void Single_row_is_row_0_of_its_request()
    {
        using var scorer = Trainers.Untrained(Ml);
        using var pool = Ml.CreatePredictionPool<TokenRow, Scores>(Chain(scorer));
        var rows = Samples.Fixed(4);
        rows[3].CurrentEmbeddings[0] = float.NaN;
        for (var i = 0; i < 3; i++)
            pool.Predict(rows[i]);

        var error = Assert.ThrowsExactly<InvalidRowException>(() => pool.Predict(rows[3]));

        Assert.AreEqual(0, error.Row);
        Assert.StartsWith("Column 'CurrentEmbeddings', row 0: ", error.Message);
    }

    [TestMethod]
    [DataRow(true, 0, 0)]
    [DataRow(true, 4, 3)]
    [DataRow(true, TokenRow.Tokens - 2, TokenRow.Dimension - 1)]
    [DataRow(false, 0, 0)]
    [DataRow(false, 4, 3)]
    [DataRow(false, TokenRow.Tokens - 1, TokenRow.Dimension - 1)]
    public void Non_finite_value_is_named_by_its_input_column(bool previous, int token, int dimension)
    {
        using var scorer = Trainers.Untrained(Ml);
        var rows = Samples.Fixed(8);
        (previous ? rows[7].PreviousEmbeddings : rows[7].CurrentEmbeddings)[token * TokenRow.Dimension + dimension] = float.NaN;
        var view = Trainers.Transformed(Ml, Ml.Data.LoadFromEnumerable(rows));

        var error = Assert.ThrowsExactly<InvalidRowException>(() => scorer.Scores(Ml, view));

        var column = previous ? "PreviousEmbeddings" : "CurrentEmbeddings";
        Assert.AreEqual($"Column '{column}', row 7: expected finite values, found NaN at token {token}, dimension {dimension}.", error.Message);
        Assert.AreEqual((column, 7L), (error.ColumnName, error.Row));
    }

    [TestMethod]
    public void Non_finite_value_is_named_by_its_input_column_with_padding_and_renamed_columns()
    {
        var rows = Samples.Free(3, maxTokens: 3);
        rows[2].CurrentEmbeddings[^1] = float.PositiveInfinity;
        var view = Ml.Data.LoadFromEnumerable(rows);
        using var scorer = Trainers.Untrained(Ml, options => (options.FeatureColumnName, options.MaskColumnName, options.TokenCountColumnName) = ("Both", "", "Count"));
        var padded = Ml.Transforms.CopyColumns("True", "PreviousEmbeddings").Append(Ml.Transforms.CopyColumns("Drawn", "CurrentEmbeddings"))
            .Append(Ml.Transforms.NextTokenDiscriminator(new NextTokenDiscriminatorEstimator.Options
            {
                OutputColumnName = "Both",
                MaskColumnName = "",
                TokenCountColumnName = "Count",
                PreviousColumnName = "True",
                CurrentColumnName = "Drawn",
                EmbeddingDimension = TokenRow.Dimension,
                MaxTokens = TokenRow.Tokens,
                PadToMaxTokens = true,
            })).Fit(view).Transform(view);

        var last = rows[2].CurrentEmbeddings.Length / TokenRow.Dimension - 1;
        Expect.Error<InvalidRowException>(
            () => scorer.Scores(Ml, padded), $"Column 'Drawn', row 2: expected finite values, found Infinity at token {last}, dimension {TokenRow.Dimension - 1}.");
    }

    /// <summary>A column that is not the transform's, or whose annotations are lost: it has no other column to name.</summary>
    [TestMethod]
    [DataRow(3, "dimension 3 of the initial embedding (position 0)")]
    [DataRow(3 * TokenRow.Dimension + 1, "token 2, dimension 1 of the context (the first half)")]
    [DataRow((TokenRow.Tokens + 2) * TokenRow.Dimension + 5, "token 2, dimension 5 of the candidates (the second half)")]
    public void Combined_column_is_named_where_its_sources_are_unknown(int index, string place)
    {
        using var scorer = Trainers.Untrained(Ml, options => options.MaskColumnName = "");
        var rows = new[] { new CombinedRow(), new CombinedRow() };
        rows[1].Combined[index] = float.NaN;

        Expect.Error<InvalidRowException>(
            () => scorer.Scores(Ml, Ml.Data.LoadFromEnumerable(rows)), $"Column 'Combined', row 1: expected finite values, found NaN at {place}.");
    }

    [TestMethod]
    public void Every_row_error_is_an_InvalidRowException()
    {
        using var scorer = Trainers.Untrained(Ml);
        using var pool = Ml.CreatePredictionPool<TrainingRow, Scores>(
            Ml.Transforms.NextTokenDiscriminator(embeddingDimension: TokenRow.Dimension, maxTokens: 9).Fit(Ml.Data.LoadFromEnumerable(new List<TrainingRow>())).Append(scorer));
        float[] Values(int tokens) => new float[tokens * TokenRow.Dimension];

        foreach (var (row, phrase) in new (TrainingRow, string)[]
        {
            (new TrainingRow(), "Column 'PreviousEmbeddings', row 0: expected at least one token of 8 values, found none."),
            (new TrainingRow { PreviousEmbeddings = null!, CurrentEmbeddings = Values(1) }, "Column 'PreviousEmbeddings', row 0: expected at least one token of 8 values, found none."),
            (new TrainingRow { PreviousEmbeddings = Values(2), CurrentEmbeddings = Values(1) }, "Column 'CurrentEmbeddings', row 0: expected 16 values as in column 'PreviousEmbeddings', found 8."),
            (new TrainingRow { PreviousEmbeddings = Values(10), CurrentEmbeddings = Values(10) }, "Column 'PreviousEmbeddings', row 0: expected at most 9 tokens (the transform's MaxTokens), found 10."),
            (new TrainingRow { PreviousEmbeddings = Values(8), CurrentEmbeddings = Values(8) }, "Column 'Combined', row 0: expected at most 6 tokens a half (the trainer's MaxTokens), found 8."),
        })
        {
            Assert.AreEqual(phrase, Assert.ThrowsExactly<InvalidRowException>(() => pool.Predict(row)).Message);
            Assert.AreEqual(1, Assert.ThrowsExactly<InvalidRowException>(() => pool.PredictBatch([new TrainingRow { PreviousEmbeddings = Values(1), CurrentEmbeddings = Values(1) }, row])).Row);
        }
    }

    private static TransformerChain<NextTokenDiscriminatorScorer> Chain(NextTokenDiscriminatorScorer scorer) =>
        Ml.Transforms.NextTokenDiscriminator().Fit(Samples.View(Ml, 1)).Append(scorer);

    /// <summary>A combined sequence that no transform made.</summary>
    public sealed class CombinedRow
    {
        [VectorType(2 * TokenRow.Tokens, TokenRow.Dimension)]
        public float[] Combined { get; set; } = new float[2 * TokenRow.Tokens * TokenRow.Dimension];
    }
}
