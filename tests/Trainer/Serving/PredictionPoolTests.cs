using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetNtd.Tests;

/// <summary>Predictions of a service: on many threads, of a row or a list of rows.</summary>
[TestClass]
public sealed class PredictionPoolTests
{
    private const int BatchSize = 16;

    [TestMethod]
    public void Many_threads_predict_the_scores_of_the_view()
    {
        var context = new MLContext(seed: 1);
        using var model = Model(context);
        var rows = Samples.Fixed(60);
        var expected = model.Scores(context, context.Data.LoadFromEnumerable(rows));
        using var pool = context.CreatePredictionPool<TokenRow, Scores>(model);

        var found = new Scores[rows.Count];
        Parallel.For(0, rows.Count, new ParallelOptions { MaxDegreeOfParallelism = 8 }, i => found[i] = pool.Predict(rows[i]));

        Expect.Close(expected, found);
    }

    [TestMethod]
    public void Many_threads_predict_lists()
    {
        var context = new MLContext(seed: 1);
        using var model = Model(context);
        var lists = Enumerable.Range(0, 12).Select(seed => Samples.Fixed(5 + 3 * seed, seed)).ToArray();
        using var pool = context.CreatePredictionPool<TokenRow, Scores>(model);

        var found = new IReadOnlyList<Scores>[lists.Length];
        Parallel.For(0, lists.Length, new ParallelOptions { MaxDegreeOfParallelism = 4 }, i => found[i] = pool.PredictBatch(lists[i]));

        for (var i = 0; i < lists.Length; i++)
            Expect.Close(model.Scores(context, context.Data.LoadFromEnumerable(lists[i])), found[i]);
        Assert.IsEmpty(pool.PredictBatch([]));
    }

    [TestMethod]
    public void List_is_read_one_batch_at_a_time()
    {
        var context = new MLContext(seed: 1);
        using var model = Model(context);
        using var pool = context.CreatePredictionPool<CountedRow, CountingScore>(model);
        CountedRow.Reads = 0;

        pool.PredictBatch([.. Samples.Fixed(3 * BatchSize).Select(row => new CountedRow { PreviousEmbeddings = row.PreviousEmbeddings, CurrentEmbeddings = row.CurrentEmbeddings })]);

        // One prediction after the other, each by a forward of its own, would have read a single row before the first.
        Assert.IsGreaterThanOrEqualTo(BatchSize, CountingScore.ReadsBeforeTheFirst);
    }

    [TestMethod]
    public void Bad_row_is_named_and_affects_no_other_list()
    {
        var context = new MLContext(seed: 1);
        using var model = Model(context);
        using var pool = context.CreatePredictionPool<TokenRow, Scores>(model);
        var bad = Samples.Fixed(5);
        bad[3].CurrentEmbeddings[0] = float.NaN;

        Expect.Error<InvalidOperationException>(() => pool.PredictBatch(bad), "row 3", "finite values");
        Expect.Error<InvalidOperationException>(() => pool.Predict(bad[3]), "finite values");

        Assert.HasCount(5, pool.PredictBatch(Samples.Fixed(5)));
        Assert.IsTrue(float.IsFinite(pool.Predict(bad[2]).Score));
    }

    [TestMethod]
    public void Model_outlives_the_pool()
    {
        var context = new MLContext(seed: 1);
        using var model = Model(context);
        var pool = context.CreatePredictionPool<TokenRow, Scores>(model);
        pool.Predict(Samples.Fixed(1)[0]);
        pool.Dispose();

        Assert.ThrowsExactly<ObjectDisposedException>(() => pool.Predict(Samples.Fixed(1)[0]));
        Assert.ThrowsExactly<ObjectDisposedException>(() => pool.PredictBatch(Samples.Fixed(1)));
        Assert.HasCount(3, model.Scores(context, context.Data.LoadFromEnumerable(Samples.Fixed(3))));
    }

    [TestMethod]
    public void Rows_of_a_class_without_sizes_take_a_schema()
    {
        var context = new MLContext(seed: 1);
        using var model = Model(context);
        var definition = SchemaDefinition.Create(typeof(TrainingRow));
        foreach (var name in new[] { "PreviousEmbeddings", "CurrentEmbeddings" })
            definition[name].ColumnType = new VectorDataViewType(NumberDataViewType.Single, TokenRow.Tokens, TokenRow.Dimension);
        using var pool = context.CreatePredictionPool<TrainingRow, Scores>(model, definition);
        var rows = Samples.Fixed(4);
        var free = rows.ConvertAll(row => new TrainingRow { PreviousEmbeddings = row.PreviousEmbeddings, CurrentEmbeddings = row.CurrentEmbeddings });

        Expect.Close(model.Scores(context, context.Data.LoadFromEnumerable(rows)), pool.PredictBatch(free));
        Expect.Close(model.Scores(context, context.Data.LoadFromEnumerable(rows)), free.ConvertAll(pool.Predict));
    }

    private static TransformerChain<NextTokenDiscriminatorScorer> Model(MLContext context) => context.Transforms.NextTokenDiscriminator()
        .Append(Trainers.Small(context, options => options.BatchSize = BatchSize)).Fit(Samples.View(context, 40));

    /// <summary>A row that counts how often one like it was read.</summary>
    public sealed class CountedRow
    {
        public static int Reads { get; set; }

        [VectorType(TokenRow.Tokens, TokenRow.Dimension)]
        public float[] PreviousEmbeddings
        {
            get
            {
                Reads++;
                return field;
            }

            set;
        } = [];

        [VectorType(TokenRow.Tokens, TokenRow.Dimension)]
        public float[] CurrentEmbeddings { get; set; } = [];
    }

    /// <summary>A prediction that sees how many rows were read before the first of its like.</summary>
    public sealed class CountingScore
    {
        public static int ReadsBeforeTheFirst { get; private set; }

        public float Score
        {
            get;

            set
            {
                field = value;
                if (ReadsBeforeTheFirst == 0)
                    ReadsBeforeTheFirst = CountedRow.Reads;
            }
        }
    }
}
