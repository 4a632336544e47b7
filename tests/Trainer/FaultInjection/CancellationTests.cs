using FsCheck;
using FsCheck.Fluent;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetNtd.Tests;

/// <summary>A training can be cancelled at any moment: it ends there and frees its tensors and cursors.</summary>
[TestClass]
[DoNotParallelize]
public sealed class CancellationTests
{
    private const int Rows = 24;
    private const int Tokens = 3;
    private const string Feature = NextTokenDiscriminatorTrainer.Defaults.FeatureColumnName;

    private static Gen<Case> Cases =>
        from moment in Gen.Choose(1, 4 * Rows)
        from kept in Gen.Elements(true, false)
        from validationFraction in Gen.Elements(0, 0.3)
        from batchSize in Gen.Choose(1, 9)
        select new Case(moment, kept, validationFraction, batchSize);

    [TestMethod]
    public void Cancellation_at_any_row_reads_at_most_one_more() => Property.Check(Cases, test =>
    {
        using var source = new CancellationTokenSource();
        var reads = 0;
        var view = View(() =>
        {
            if (Interlocked.Increment(ref reads) == test.Moment)
                source.Cancel();
        });

        // Rows that are kept are read once.
        Cancelled(test with { Kept = test.Kept && test.Moment <= Rows }, view, source);

        Assert.IsLessThanOrEqualTo(test.Moment + 1, reads);
        Assert.AreEqual(view.Opened, view.Disposed);
    });

    [TestMethod]
    public void Cancellation_at_any_step_starts_no_other_step() => Property.Check(Cases, test =>
    {
        using var source = new CancellationTokenSource();
        var steps = 0;
        var view = View();

        Cancelled(test, view, source, new Each(() =>
        {
            if (++steps == test.Moment)
                source.Cancel();
        }));

        Assert.AreEqual(test.Moment, steps);
        Assert.AreEqual(view.Opened, view.Disposed);
    }, count: TestRun.Count(100, 40));

    [TestMethod]
    public void Cancellation_before_the_start_reads_nothing()
    {
        using var source = new CancellationTokenSource();
        source.Cancel();
        var view = View();

        Cancelled(new Case(1, Kept: true, 0, 4), view, source);

        Assert.IsLessThanOrEqualTo(1, view.Reads(Feature));
    }

    // So many epochs never end: only the token ends them.
    private static void Cancelled(Case test, IDataView view, CancellationTokenSource source, IProgress<TrainingProgress>? progress = null)
    {
        var options = Trainers.SmallOptions(options =>
        {
            options.MaskColumnName = "";
            (options.Epochs, options.BatchSize, options.ValidationFraction) = (1_000_000, test.BatchSize, test.ValidationFraction);
            (options.MaxCacheBytes, options.ProgressSeconds, options.Patience) = (test.Kept ? null : 1, 1e-9, null);
        });
        var trainer = new MLContext(seed: 1).BinaryClassification.Trainers.NextTokenDiscriminator(options, onEpoch: null, progress, source.Token);

        var left = MlNetNtd.Tests.Tensors.LeftBy(() => Assert.ThrowsExactly<OperationCanceledException>(() => trainer.Fit(view)));

        Assert.IsLessThanOrEqualTo(LeftByOneNetwork.Value, left);
    }

    // TorchSharp counts the tensor that a parameter is made of for ever, though it is empty.
    private static readonly Lazy<long> LeftByOneNetwork = new(() =>
    {
        using var scorer = Trainers.Fit(new MLContext(seed: 1));
        return MlNetNtd.Tests.Tensors.LeftBy(() => scorer.CreateNetwork().Dispose());
    });

    private static TestView View(Action? read = null) => new TestView(Rows)
        .Vector(Feature, new VectorDataViewType(NumberDataViewType.Single, 2 * Tokens, Samples.Dimension), row =>
        {
            read?.Invoke();
            return Samples.Values(new Random((int)row), 2 * Tokens * Samples.Dimension);
        })
        .Scalar("Label", BooleanDataViewType.Instance, row => row % 2 == 0);

    private sealed record Case(int Moment, bool Kept, double ValidationFraction, int BatchSize);

    // Progress<T> posts to another thread.
    private sealed class Each(Action action) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value) => action();
    }
}
