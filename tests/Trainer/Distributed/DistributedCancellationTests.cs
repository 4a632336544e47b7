using Microsoft.ML;
using Microsoft.ML.Data;
using Options = MlNetNtd.NextTokenDiscriminatorTrainer.Options;

namespace MlNetNtd.Tests;

/// <summary>Distributed training that is cancelled in one process ends in all, and none keeps waiting.</summary>
[TestClass]
public sealed class DistributedCancellationTests
{
    private const int Rows = 40;
    private const int RowsOfEach = Rows / 2;
    private const int RowsPerStep = 16;
    private const int Tokens = 3;
    private const string Feature = NextTokenDiscriminatorTrainer.Defaults.FeatureColumnName;

    /// <summary>Nobody waits for a step yet: it need not read to the end.</summary>
    [TestMethod]
    public void Cancellation_during_the_scan_stops_reading()
    {
        const int moment = 7;
        var reads = new int[2];
        var steps = new int[2];
        var errors = InMemoryProcessGroup.Errors(2, one => Fit(one, () => steps[one.Rank]++, source =>
        {
            if (++reads[one.Rank] == moment && one.Rank == 1)
                source.Cancel();
        }));

        foreach (var error in errors)
            Assert.IsInstanceOfType<OperationCanceledException>(error);
        Assert.Contains("Process 1 of 2", errors[0].Message);
        Assert.IsLessThanOrEqualTo(moment + 1, reads[1]);
        CollectionAssert.AreEqual(new[] { 0, 0 }, steps);
    }

    /// <summary>The others wait for its part of the step that the rows are for.</summary>
    [TestMethod]
    [DataRow(Rows + 1, DisplayName = "the first row of an epoch")]
    [DataRow(Rows + RowsOfEach / 2, DisplayName = "in the middle of one")]
    [DataRow(Rows + RowsOfEach, DisplayName = "its last row")]
    [DataRow(Rows + 4 * RowsOfEach + 5, DisplayName = "in a later one")]
    public void Cancellation_while_streaming_stops_all_after_the_same_step(int moment)
    {
        var reads = new int[2];
        var steps = new int[2];
        var errors = InMemoryProcessGroup.Errors(2, one => Fit(one, () => steps[one.Rank]++, source =>
        {
            if (Interlocked.Increment(ref reads[one.Rank]) == moment && one.Rank == 1)
                source.Cancel();
        }, options => options.MaxCacheBytes = 1));

        foreach (var error in errors)
            Assert.IsInstanceOfType<OperationCanceledException>(error);
        Assert.IsGreaterThanOrEqualTo(1, steps[0]);
        Assert.AreEqual(steps[0], steps[1]);
    }

    /// <summary>The others would wait for what one that stops by itself has judged.</summary>
    [TestMethod]
    public void Cancellation_during_validation_stops_after_the_next_step()
    {
        var steps = new int[2];
        var isCancelled = false;
        var errors = InMemoryProcessGroup.Errors(2, one => Fit(one, () => steps[one.Rank]++, _ => { }, options => options.ValidationFraction = 0.2, source =>
        {
            // The first thing told to all after the steps of an epoch.
            if (one.Rank == 1 && steps[1] > 0 && !isCancelled)
            {
                isCancelled = true;
                source.Cancel();
            }
        }));

        foreach (var error in errors)
            Assert.IsInstanceOfType<OperationCanceledException>(error);
        const int stepsAnEpoch = 2; // Of about four fifths of the rows.
        CollectionAssert.AreEqual(new[] { stepsAnEpoch + 1, stepsAnEpoch + 1 }, steps);
    }

    // More epochs than would ever end: nothing but the token ends them.
    private static NextTokenDiscriminatorScorer Fit(
        IProcessGroup one, Action onStep, Action<CancellationTokenSource> onRead, Action<Options>? configure = null, Action<CancellationTokenSource>? onBroadcast = null)
    {
        using var source = new CancellationTokenSource();
        var watched = new RecordingProcessGroup(one, onStep, () => onBroadcast?.Invoke(source));
        var view = new TestView(Rows)
            .Vector(Feature, new VectorDataViewType(NumberDataViewType.Single, 2 * Tokens, Samples.Dimension), row =>
            {
                onRead(source);
                return Samples.Values(new Random((int)row), 2 * Tokens * Samples.Dimension);
            })
            .Scalar("Label", BooleanDataViewType.Instance, row => row % 2 == 0);
        return Trainers.Small(
            new MLContext(seed: 1),
            options =>
            {
                (options.MaskColumnName, options.ProcessGroup, options.BatchSize, options.Epochs) = ("", watched, RowsPerStep, 1_000_000);
                configure?.Invoke(options);
            },
            cancellation: source.Token).Fit(view);
    }
}
