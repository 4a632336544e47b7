using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetNtd.Tests;

/// <summary>Processes whose views differ from that of the main process are refused by rank before the first step.</summary>
[TestClass]
public sealed class MismatchedRowsTests
{
    private const int Rows = 200;

    [TestMethod]
    [DataRow(190)]
    [DataRow(150)]
    [DataRow(201)]
    public void Different_row_count_is_refused(int rows) => Refused(
        () => View(rows: rows), $"ProcessGroup: the training data of process 1 of 3 (ranks from 0) is not that of the first one: expected 200 rows, found {rows}.", "InputIsSharded");

    /// <summary>Labels are compared of every row.</summary>
    [TestMethod]
    [DataRow(0)]
    [DataRow(130)]
    [DataRow(Rows - 1)]
    public void Different_label_is_refused(int changed) => Refused(() => View(label: row => row % 2 == 0 != (row == changed)), Others);

    [TestMethod]
    public void Different_weight_is_refused() => Refused(() => View(weight: row => row == 130 ? 2 : 1), Others);

    /// <summary>Values are compared of the first rows and of one in 64 behind them: more would have each process read the others' rows.</summary>
    [TestMethod]
    [DataRow(3)]
    [DataRow(63)]
    [DataRow(127)]
    public void Different_values_of_a_compared_row_are_refused(int changed) => Refused(() => View(value: row => row == changed ? 1 : 0), Others);

    [TestMethod]
    public void Different_order_is_refused() => Refused(() => View(place: row => (row + 66) % Rows), Others);

    [TestMethod]
    public void Different_validation_view_is_refused()
    {
        var errors = InMemoryProcessGroup.Errors(2, one => Small(one).Fit(View(), View(rows: one.Rank == 1 ? 30 : 40)));

        foreach (var error in errors)
            Assert.Contains("ProcessGroup: the validation data of process 1 of 2 (ranks from 0) is not that of the first one: expected 40 rows, found 30.", error.Message);
    }

    /// <summary>A label a token, of which some belong to padding.</summary>
    [TestMethod]
    public void Token_labels_are_compared()
    {
        var errors = InMemoryProcessGroup.Errors(2, one => Small(one).Fit(
            View().Vector("Label", new VectorDataViewType(BooleanDataViewType.Instance, 3), row => new[] { true, false, one.Rank == 1 && row == 130 })));

        foreach (var error in errors)
            Assert.Contains(Others, error.Message);
    }

    [TestMethod]
    public void Sharded_rows_are_not_compared()
    {
        foreach (var scorer in InMemoryProcessGroup.Run(2, one => Small(one, ownRows: true).Fit(View(rows: 40 + one.Rank))))
            scorer.Dispose();
    }

    [TestMethod]
    public void Different_version_is_refused()
    {
        var errors = InMemoryProcessGroup.Errors(2, one => Small(new OtherVersion(one)).Fit(View()));

        foreach (var error in errors)
        {
            Assert.Contains("ProcessGroup: process 1 of 2 (ranks from 0) runs another version than the first one: expected MlNetNtd 0.", error.Message);
            Assert.Contains(", found MlNetNtd 9.9", error.Message);
        }
    }

    private const string Others = "(ranks from 0) is not that of the first one: expected the same 200 rows in the same order, found others.";

    private static void Refused(Func<TestView> other, params string[] phrases)
    {
        var errors = InMemoryProcessGroup.Errors(3, one => Small(one).Fit(one.Rank == 1 ? other() : View()));

        foreach (var error in errors)
        {
            Assert.IsInstanceOfType<InvalidOperationException>(error);
            foreach (var phrase in phrases.Append("process 1 of 3"))
                Assert.Contains(phrase, error.Message);
        }
    }

    private static NextTokenDiscriminatorTrainer Small(IProcessGroup workers, bool ownRows = false) => Trainers.Small(
        new MLContext(seed: 1), options => (options.ProcessGroup, options.InputIsSharded, options.MaskColumnName, options.Epochs, options.ExampleWeightColumnName) =
            (workers, ownRows, "", 1, "Weight"));

    private static TestView View(
        int rows = Rows, Func<long, long>? place = null, Func<long, float>? value = null, Func<long, bool>? label = null, Func<long, float>? weight = null) => new TestView(rows)
        .Vector("Combined", new VectorDataViewType(NumberDataViewType.Single, 6, Samples.Dimension), row =>
        {
            var values = Samples.Values(new Random((int)(place?.Invoke(row) ?? row)), 6 * Samples.Dimension);
            values[^1] += value?.Invoke(row) ?? 0;
            return values;
        })
        .Scalar("Weight", NumberDataViewType.Single, weight ?? (_ => 1f))
        .Scalar("Label", BooleanDataViewType.Instance, label ?? (row => row % 2 == 0));

    // The first thing that processes tell each other is their version.
    private sealed class OtherVersion(InMemoryProcessGroup inner) : IProcessGroup
    {
        private bool _told;

        public int Rank => inner.Rank;

        public int WorldSize => inner.WorldSize;

        public void AllReduceSum(Span<float> values) => inner.AllReduceSum(values);

        public void Broadcast(Span<byte> values) => inner.Broadcast(values);

        public byte[][] AllGather(ReadOnlySpan<byte> mine)
        {
            var first = !_told;
            _told = true;
            return inner.AllGather(first && Rank == 1 ? "MlNetNtd 9.9"u8 : mine);
        }

        public void Abort(string reason) => inner.Abort(reason);
    }
}
