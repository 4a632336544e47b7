using Microsoft.ML;
using Microsoft.ML.Data;
using Options = MlNetNtd.NextTokenDiscriminatorTrainer.Options;

namespace MlNetNtd.Tests;

/// <summary>Rows that exceed the cache are read again in each epoch, with the same results.</summary>
[TestClass]
public sealed class StreamingTests
{
    private const int Rows = 60;
    private const int Tokens = 3;
    private const string Feature = "Combined";
    private const string Label = "Label";
    private const string Weight = "Weight";

    [TestMethod]
    [DataRow(0.0, false, EngineKind.Managed)]
    [DataRow(0.3, false, EngineKind.Torch)]
    [DataRow(0.3, true, EngineKind.Managed)]
    public void Weights_and_metrics_are_the_same_cached_and_streamed(double validationFraction, bool byLength, EngineKind engine)
    {
        var context = new MLContext(seed: 1);
        var rows = context.Data.LoadFromEnumerable(Samples.Free(Rows, maxTokens: 6));
        using var kept = Fit(null);
        // Too little for all rows, enough for those of validation; too little for anything.
        foreach (var bytes in new[] { 12_000, 1 })
        {
            using var read = Fit(bytes);
            Expect.SameWeights(kept.Weights(), read.Weights());
            CollectionAssert.AreEqual(Facts(kept), Facts(read));
        }

        NextTokenDiscriminatorScorer Fit(long? bytes) => Trainers.Small(context, options =>
        {
            (options.MaxCacheBytes, options.ValidationFraction, options.BucketByLength) = (bytes, validationFraction, byLength);
            (options.Engine, options.Dropout, options.Epochs, options.BatchSize) = (engine, 0.2, 3, 4);
            // Less than there is: most rows pass through the pool.
            options.ShuffleBufferBytes = 4_000;
            options.ExampleWeightColumnName = nameof(TrainingRow.Weight);
        }).Fit(Trainers.Transformed(context, rows));
    }

    [TestMethod]
    public void Validation_rows_of_another_view_are_streamed_too()
    {
        var (training, validation) = (View(), View(firstRow: 100));
        using var kept = Fit(null);
        Assert.AreEqual((1, 1), (training.Opened, validation.Opened));

        using var read = Fit(1);

        // Once to count and once an epoch.
        Assert.AreEqual((1 + 3, 1 + 3), (training.Opened, validation.Opened), "Beside those of the first.");
        Assert.AreEqual((training.Opened, validation.Opened), (training.Disposed, validation.Disposed));
        Expect.SameWeights(kept.Weights(), read.Weights());
        CollectionAssert.AreEqual(Facts(kept), Facts(read));

        NextTokenDiscriminatorScorer Fit(long? bytes)
        {
            (training, validation) = (View(), View(firstRow: 100));
            return Trainer(options => (options.MaxCacheBytes, options.Epochs) = (bytes, 3)).Fit(training, validation);
        }
    }

    /// <summary>Whoever computes them when they are asked for does so for nothing.</summary>
    [TestMethod]
    public void Unneeded_rows_are_not_read()
    {
        var view = View();
        using var scorer = Trainer(options => (options.MaxCacheBytes, options.Epochs, options.ValidationFraction) = (1, 2, 0.3)).Fit(view);

        Assert.AreEqual(1 + 2 * 2, view.Opened);
        Assert.AreEqual(view.Opened, view.Disposed);
        // Once to count, and in each epoch once to train or once to validate.
        Assert.AreEqual(Rows * (1 + 2), view.Reads(Feature));
    }

    [TestMethod]
    public void Row_that_fails_later_is_reported_and_the_checkpoint_is_kept() => TemporaryFolder.Use(folder =>
    {
        var path = Path.Combine(folder, "checkpoint");
        void Configure(Options options) => (options.MaxCacheBytes, options.Epochs, options.CheckpointPath) = (1, 4, path);
        using var whole = Trainer(options => { Configure(options); options.CheckpointPath = null; }).Fit(View());
        var reads = 0;
        // The third reading is the second epoch's.
        var view = View(value: row => ++reads == 2 * Rows + 18 ? float.NaN : 0f);

        Expect.Error<InvalidOperationException>(
            () => Trainer(Configure).Fit(view), "changed while Fit was training", "in epoch 2", "Column 'Combined', row 17", "finite values");

        Assert.AreEqual(view.Opened, view.Disposed);
        Assert.AreEqual((2, 0), CheckpointFile.Read(path).ReadState<TrainingState>() is var state ? (state.Epoch, state.Batches) : default);
        using var resumed = Trainer(Configure).Fit(View());
        Expect.SameWeights(whole.Weights(), resumed.Weights());
    });

    [TestMethod]
    [DataRow(1)]
    [DataRow(-1)]
    public void Changed_row_count_is_refused_with_both_numbers(int more)
    {
        var (first, later) = more > 0 ? (Rows - more, Rows) : (Rows, Rows + more);
        var reads = 0;
        // Rows of weight 0 are none.
        var view = View().Scalar<float>(Weight, NumberDataViewType.Single, row => row < (reads++ < 2 * Rows ? first : later) ? 1 : 0);

        Expect.Error<InvalidOperationException>(
            () => Trainer(options => (options.MaxCacheBytes, options.Epochs, options.ExampleWeightColumnName) = (1, 4, Weight)).Fit(view),
            "changed while Fit was training", "in epoch 2", $"expected {first} rows", $"found {later}");
    }

    [TestMethod]
    public void Cancellation_ends_the_reading()
    {
        using var source = new CancellationTokenSource();
        var reads = 0;
        var view = View(value: row =>
        {
            if (++reads == Rows + 20)
                source.Cancel();
            return 0f;
        });

        Assert.ThrowsExactly<OperationCanceledException>(() => Trainer(options => options.MaxCacheBytes = 1, cancellation: source.Token).Fit(view));

        Assert.IsLessThanOrEqualTo(Rows + 21, view.Reads(Feature));
        Assert.AreEqual(view.Opened, view.Disposed);
    }

    [TestMethod]
    public void Log_says_that_rows_are_read_again()
    {
        var context = new MLContext(seed: 1);
        var lines = new List<string>();
        context.Log += (_, e) => lines.Add(e.Message);

        Trainer(options => options.MaxCacheBytes = 1, context: context).Fit(View()).Dispose();
        Assert.HasCount(1, lines.FindAll(line => line.Contains("read again in each epoch (MaxCacheBytes)")));

        lines.Clear();
        Trainer(_ => { }, context: context).Fit(View()).Dispose();
        Assert.IsEmpty(lines.FindAll(line => line.Contains("MaxCacheBytes")));
    }

    private static string[] Facts(NextTokenDiscriminatorScorer scorer) =>
        [.. scorer.History.Select(epoch => $"{epoch with { RowsPerSecond = 0 }} {epoch.Training.Loss:R} {epoch.Validation?.Loss:R}")];

    private static NextTokenDiscriminatorTrainer Trainer(Action<Options> configure, MLContext? context = null, CancellationToken cancellation = default) =>
        Trainers.Small(context ?? new MLContext(seed: 1), options => { options.MaskColumnName = ""; configure(options); }, cancellation: cancellation);

    /// <summary>Rows made when they are read.</summary>
    private static TestView View(int firstRow = 0, Func<long, float>? value = null) => new TestView(Rows)
        .Vector(Feature, new VectorDataViewType(NumberDataViewType.Single, 2 * Tokens, Samples.Dimension), row =>
        {
            var values = Samples.Values(new Random((int)row + firstRow), 2 * Tokens * Samples.Dimension);
            values[0] += value?.Invoke(row) ?? 0f;
            return values;
        })
        .Scalar(Label, BooleanDataViewType.Instance, row => (row + firstRow) % 2 == 0);
}
