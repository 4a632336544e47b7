using System.Runtime.CompilerServices;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetNtd.Tests;

/// <summary>The engines and list views that a prediction pool holds.</summary>
[TestClass]
public sealed class PoolContentsTests
{
    private static readonly MLContext Ml = new(seed: 1);

    [TestMethod]
    public void Single_thread_uses_one_engine_and_one_list_view()
    {
        using var scorer = Trainers.Untrained(Ml);
        var model = new CountingModel(Chain(scorer));
        using var pool = new PredictionPool<TokenRow, Scores>(Ml, model);
        Assert.AreEqual((1, 0), (model.Mappers, model.Views));
        var rows = Samples.Fixed(3);
        var bad = new TokenRow { PreviousEmbeddings = rows[0].PreviousEmbeddings, CurrentEmbeddings = Array.ConvertAll(rows[0].CurrentEmbeddings, _ => float.NaN) };

        foreach (var row in rows)
        {
            Assert.Throws<InvalidOperationException>(() => pool.Predict(bad));
            Assert.AreEqual(pool.Predict(row).Score, pool.PredictBatch([row])[0].Score, 1e-4f);
        }

        Assert.AreEqual((1, 1), (model.Mappers, model.Views));
    }

    [TestMethod]
    public void Row_type_that_does_not_fit_is_refused_at_creation()
    {
        using var scorer = Trainers.Untrained(Ml);

        Expect.Error<ArgumentOutOfRangeException>(
            () => Ml.CreatePredictionPool<Scores, Scores>(Chain(scorer)), "Could not find previous embeddings column 'PreviousEmbeddings'");
    }

    [TestMethod]
    public void Running_prediction_survives_dispose_and_later_ones_are_refused()
    {
        using var scorer = Trainers.Untrained(Ml);
        var pool = Ml.CreatePredictionPool<HookedRow, Scores>(Chain(scorer));
        var (one, other) = (new HookedRow { WhenRead = () => { } }, new HookedRow { WhenRead = pool.Dispose });

        Assert.AreEqual(pool.Predict(one).Score, pool.Predict(other).Score);

        Assert.ThrowsExactly<ObjectDisposedException>(() => pool.Predict(one));
        pool.Dispose();
    }

    [TestMethod]
    public void Engine_returned_to_a_disposed_pool_is_freed()
    {
        using var scorer = Trainers.Untrained(Ml);
        var (pool, engine) = DisposedWhilePredicting(scorer);

        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();

        Assert.IsFalse(engine.TryGetTarget(out _));
        GC.KeepAlive(pool);
    }

    // On its own, so that nothing of it is left on the stack. An engine is told by the row that it lends to its mapper.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static (PredictionPool<HookedRow, Scores> Pool, WeakReference<DataViewRow> Engine) DisposedWhilePredicting(NextTokenDiscriminatorScorer scorer)
    {
        var model = new CountingModel(Chain(scorer));
        var pool = Ml.CreatePredictionPool<HookedRow, Scores>(model);
        pool.Predict(new HookedRow { WhenRead = pool.Dispose });
        Assert.AreEqual(1, model.Mappers);
        return (pool, model.Input!);
    }

    [TestMethod]
    public void Prediction_members_without_a_column_keep_their_values()
    {
        using var scorer = Trainers.Untrained(Ml);
        using var pool = Ml.CreatePredictionPool<TokenRow, More>(Chain(scorer));
        var rows = Samples.Fixed(1);

        foreach (var found in new[] { pool.Predict(rows[0]), pool.PredictBatch(rows)[0] })
            Assert.AreEqual((true, "own"), (found.Score != 0, found.Remark));
    }

    [TestMethod]
    public void Predicted_rows_are_not_kept_alive()
    {
        using var scorer = Trainers.Untrained(Ml);
        using var pool = Ml.CreatePredictionPool<TokenRow, Scores>(Chain(scorer));

        var rows = Predicted(pool);
        GC.Collect();

        Assert.IsFalse(rows.TryGetTarget(out _));
    }

    // On its own, so that nothing of it is left on the stack.
    [MethodImpl(MethodImplOptions.NoInlining)]
    private static WeakReference<List<TokenRow>> Predicted(PredictionPool<TokenRow, Scores> pool)
    {
        var rows = Samples.Fixed(2);
        pool.PredictBatch(rows);
        return new WeakReference<List<TokenRow>>(rows);
    }

    private static TransformerChain<NextTokenDiscriminatorScorer> Chain(NextTokenDiscriminatorScorer scorer) =>
        Ml.Transforms.NextTokenDiscriminator().Fit(Samples.View(Ml, 1)).Append(scorer);

    /// <summary>A model that counts how often rows and views are asked of it.</summary>
    private sealed class CountingModel(ITransformer model) : ITransformer
    {
        public int Mappers { get; private set; }

        public int Views { get; private set; }

        public WeakReference<DataViewRow>? Input { get; private set; }

        public bool IsRowToRowMapper => model.IsRowToRowMapper;

        public DataViewSchema GetOutputSchema(DataViewSchema inputSchema) => model.GetOutputSchema(inputSchema);

        public IRowToRowMapper GetRowToRowMapper(DataViewSchema inputSchema)
        {
            Mappers++;
            return new WatchedMapper(model.GetRowToRowMapper(inputSchema), input => Input = new WeakReference<DataViewRow>(input));
        }

        public IDataView Transform(IDataView input)
        {
            Views++;
            return model.Transform(input);
        }

        public void Save(ModelSaveContext ctx) => model.Save(ctx);
    }

    private sealed class WatchedMapper(IRowToRowMapper mapper, Action<DataViewRow> see) : IRowToRowMapper
    {
        public DataViewSchema InputSchema => mapper.InputSchema;

        public DataViewSchema OutputSchema => mapper.OutputSchema;

        public IEnumerable<DataViewSchema.Column> GetDependencies(IEnumerable<DataViewSchema.Column> dependingColumns) => mapper.GetDependencies(dependingColumns);

        public DataViewRow GetRow(DataViewRow input, IEnumerable<DataViewSchema.Column> activeColumns)
        {
            see(input);
            return mapper.GetRow(input, activeColumns);
        }
    }

    /// <summary>A row that does something when it is read.</summary>
    public sealed class HookedRow
    {
        private static readonly float[] Values = Samples.Values(new Random(1), TokenRow.Tokens * TokenRow.Dimension);

        [VectorType(TokenRow.Tokens, TokenRow.Dimension)]
        public float[] PreviousEmbeddings
        {
            get
            {
                WhenRead();
                return Values;
            }

            set { }
        }

        [VectorType(TokenRow.Tokens, TokenRow.Dimension)]
        public float[] CurrentEmbeddings { get; set; } = Values;

        [NoColumn]
        public Action WhenRead { get; init; } = () => { };
    }

    /// <summary>A prediction with a member of its own.</summary>
    public sealed class More
    {
        public float Score { get; set; }

        public string Remark { get; set; } = "own";
    }
}
