using Microsoft.ML;
using Microsoft.ML.Data;
using Options = MlNetNtd.NextTokenDiscriminatorTrainer.Options;

namespace MlNetNtd.Tests;

/// <summary>Every pass has to read the rows of the first pass in the same order: otherwise validation rows would be trained on.</summary>
[TestClass]
public sealed class ReorderedRowsTests
{
    private const int Rows = 60;
    private const int Tokens = 3;
    private const string Feature = "Combined";

    /// <summary>What SQL without ORDER BY, PLINQ and <c>OrderBy(random)</c> do.</summary>
    [TestMethod]
    public void Different_order_at_each_reading_is_refused()
    {
        var context = new MLContext(seed: 1);
        var rows = Samples.Fixed(Rows);
        var pass = 0;

        Expect.Error<InvalidOperationException>(
            () => Small(options => options.ValidationFraction = 0.3).Fit(Trainers.Transformed(context, context.Data.LoadFromEnumerable(Reordered()))),
            "The rows changed while Fit was training on them, in epoch 1", "or another row in its place", "in the same order each time", "MaxCacheBytes");

        IEnumerable<TokenRow> Reordered()
        {
            var random = new Random(++pass);
            foreach (var row in rows.OrderBy(_ => random.Next()))
                yield return row;
        }
    }

    [TestMethod]
    [DataRow(0.0, DisplayName = "all rows are trained on")]
    [DataRow(0.3, DisplayName = "some validate, and are read again too")]
    public void Two_swapped_rows_are_named(double validationFraction)
    {
        // The first two training rows: they are read in each epoch's first pass.
        var draw = ValidationSplit.FromFraction(validationFraction, TrainingSeeds.FromSeed(1).Split);
        var training = Enumerable.Range(0, Rows).Where(row => validationFraction == 0 || !draw.IsValidation(row)).Take(2).ToArray();

        Changes(
            options => options.ValidationFraction = validationFraction,
            reading => View(row => reading() > 1 && row == training[0] ? training[1] : reading() > 1 && row == training[1] ? training[0] : row),
            "in epoch 1", $"expected row {training[0]} to hold what it held at first");
    }

    [TestMethod]
    public void Changed_label_is_refused() => Changes(
        _ => { }, reading => View(label: row => row % 2 == 0 != (reading() > 2 && row == 40)), "in epoch 2", "expected row 40");

    [TestMethod]
    public void Changed_weight_is_refused() => Changes(
        options => options.ExampleWeightColumnName = "Weight",
        reading => View().Scalar("Weight", NumberDataViewType.Single, row => reading() > 1 && row == 5 ? 2f : 1f), "in epoch 1", "expected row 5");

    [TestMethod]
    public void Changed_value_is_refused() => Changes(
        _ => { }, reading => View(value: row => reading() > 3 && row == Rows - 1 ? 1e-3f : 0), "in epoch 3", $"expected row {Rows - 1}");

    /// <summary>Training rows are dropped, those of validation are kept: they are not read again, and an exchange is found among the others.</summary>
    [TestMethod]
    public void Swap_with_a_cached_validation_row_is_detected()
    {
        var draw = ValidationSplit.FromFraction(0.3, TrainingSeeds.FromSeed(1).Split);
        var validates = Enumerable.Range(0, Rows).First(row => draw.IsValidation(row));
        var trains = Enumerable.Range(0, Rows).Last(row => !draw.IsValidation(row));
        var rows = Enumerable.Range(0, Rows).Count(row => draw.IsValidation(row));

        Changes(
            options => (options.ValidationFraction, options.MaxCacheBytes) = (0.3, (rows + 1) * 400L),
            reading => View(row => reading() > 1 && row == validates ? trains : reading() > 1 && row == trains ? validates : row),
            "in epoch 1", $"expected row {trains}");
    }

    [TestMethod]
    public void Validation_rows_of_another_view_are_checked_too()
    {
        TestView? view = null;
        view = View(row => view!.Opened > 1 && row is (3 or 4) ? 7 - row : row);

        Expect.Error<InvalidOperationException>(() => Small(_ => { }).Fit(View(), view), "in epoch 1", "expected row 3 to hold");
    }

    /// <summary>Each process reads its own rows again, and finds what changed among them.</summary>
    [TestMethod]
    public void Changed_rows_in_one_process_end_all()
    {
        var error = Assert.ThrowsExactly<InvalidOperationException>(() => InMemoryProcessGroup.Run(2, one =>
        {
            TestView? view = null;
            view = View(row => one.Rank == 1 && view!.Opened > 1 && row is (12 or 13) ? 25 - row : row);
            return Small(options => options.ProcessGroup = one).Fit(view);
        }));

        foreach (var phrase in new[] { "Process 1 of 2 ends all of them", "The rows changed while Fit was training on them", "expected row 12" })
            Assert.Contains(phrase, error.Message);
    }

    /// <summary>A training that goes on reads its epoch's rows from the beginning, those that are done too.</summary>
    [TestMethod]
    public void Resumed_training_detects_changed_rows() => TemporaryFolder.Use(folder =>
    {
        void Configure(Options options) => (options.CheckpointPath, options.CheckpointSteps, options.BatchSize, options.Epochs) =
            (Path.Combine(folder, "checkpoint"), 1, 16, 3);
        using var source = new CancellationTokenSource();
        Assert.ThrowsExactly<OperationCanceledException>(
            () => Small(Configure, new StoppingAfter(source, epoch: 2, batch: 2), source.Token).Fit(View()));

        Changes(Configure, reading => View(row => reading() > 1 && row is (0 or 1) ? 1 - row : row), "in epoch 2", "expected row 0");
        // It is another training's checkpoint where the first reading already gives other rows.
        Expect.Error<InvalidOperationException>(
            () => Small(Configure).Fit(View(row => row is (40 or 41) ? 81 - row : row)), "another training", "what the rows hold");
    });

    private static readonly VectorDataViewType FeatureType = new(NumberDataViewType.Single, 2 * Tokens, Samples.Dimension);

    // Rows of which something changes at a reading: the first is that of the survey.
    private static void Changes(Action<Options> configure, Func<Func<int>, TestView> make, params string[] phrases)
    {
        TestView? view = null;
        view = make(() => view!.Opened);

        Expect.Error<InvalidOperationException>(
            () => Small(options => { options.MaxCacheBytes = 1; configure(options); }).Fit(view), ["The rows changed while Fit was training on them", .. phrases]);
        Assert.AreEqual(view.Opened, view.Disposed);
    }

    private static NextTokenDiscriminatorTrainer Small(
        Action<Options> configure, IProgress<TrainingProgress>? progress = null, CancellationToken cancellation = default) =>
        new(new MLContext(seed: 1), Trainers.SmallOptions(options =>
        {
            (options.MaskColumnName, options.MaxCacheBytes, options.Epochs, options.ProgressSeconds) = ("", 1, 3, 1e-9);
            configure(options);
        }), progress: progress, cancellationToken: cancellation);

    private static TestView View(Func<long, long>? place = null, Func<long, bool>? label = null, Func<long, float>? value = null) => new TestView(Rows)
        .Vector(Feature, FeatureType, row =>
        {
            var values = Samples.Values(new Random((int)(place?.Invoke(row) ?? row)), 2 * Tokens * Samples.Dimension);
            values[^1] += value?.Invoke(row) ?? 0;
            return values;
        })
        .Scalar("Label", BooleanDataViewType.Instance, label ?? (row => row % 2 == 0));

    private sealed class StoppingAfter(CancellationTokenSource source, int epoch, int batch) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value)
        {
            if (value.Epoch == epoch && value.Batch == batch)
                source.Cancel();
        }
    }
}
