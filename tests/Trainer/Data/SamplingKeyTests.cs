using Microsoft.ML;
using Microsoft.ML.Data;
using Options = MlNetNtd.NextTokenDiscriminatorTrainer.Options;

namespace MlNetNtd.Tests;

/// <summary>Rows of one group are all validation rows or all training rows.</summary>
[TestClass]
public sealed class SamplingKeyTests
{
    private const int Rows = 120;
    private const int Groups = 30;
    private const string Key = "Group";
    private static readonly MLContext Ml = new(seed: 1);

    /// <summary>Whatever says it: rows of one value are on one side, and about the share asked for is kept.</summary>
    [TestMethod]
    public void Rows_of_one_key_stay_on_one_side_for_every_type()
    {
        foreach (var (type, add) in Columns())
        {
            var data = Read(add(View()));
            var (training, validation) = (data.TrainingRows(1).ToArray(), data.ValidationRows(1).ToArray());

            Assert.AreEqual(Rows, training.Length + validation.Length, type);
            Assert.IsEmpty(training.Select(Group).Intersect(validation.Select(Group)).ToArray(), type);
            Assert.IsTrue(validation.Select(Group).Distinct().Count() is > 2 and < 18, $"{type}: {validation.Length} rows");
        }

        static long Group(SequenceRow row) => row.Number % Groups;
    }

    /// <summary>As ML.NET's hash does: what is written around a text, or how a zero is written, is no other group.</summary>
    [TestMethod]
    public void Spaces_around_text_and_the_sign_of_zero_do_not_change_the_group()
    {
        var text = View().Scalar(Key, TextDataViewType.Instance, row => $"{new string(' ', (int)row / Groups)}g{row % Groups}".AsMemory());
        var zeros = View().Scalar(Key, NumberDataViewType.Single, row => row % 2 == 0 ? 0f : -0f);

        var data = Read(text);
        Assert.IsEmpty(data.TrainingRows(1).Select(row => row.Number % Groups).Intersect(data.ValidationRows(1).Select(row => row.Number % Groups)).ToArray());
        Expect.Error<InvalidOperationException>(() => Read(zeros), "Too few groups in column 'Group' (SamplingKeyColumnName): expected at least 2", "found 1.");
    }

    /// <summary>Nothing else is drawn by it: a group is where it is, whatever order its rows come in and who reads them.</summary>
    [TestMethod]
    public void Side_of_a_group_does_not_depend_on_order_or_process()
    {
        var one = Validated(Read(Texts(View(), row => row)));
        var turned = Validated(Read(Texts(View(), row => Rows - 1 - row)));
        CollectionAssert.AreEquivalent(one, turned.ConvertAll(row => Rows - 1 - row));

        var shared = InMemoryProcessGroup.Run(2, process => Validated(Read(Texts(View(), row => row), options => options.ProcessGroup = process)));
        CollectionAssert.AreEquivalent(one, shared.SelectMany(rows => rows).ToList());

        static List<long> Validated(TrainingDataset data) => [.. data.ValidationRows(1).Select(row => row.Number)];
        static TestView Texts(TestView view, Func<long, long> place) => view.Scalar(Key, TextDataViewType.Instance, row => $"g{place(row) % Groups}".AsMemory());
    }

    [TestMethod]
    [DataRow(0.001)]
    [DataRow(0.999)]
    public void Empty_side_of_the_split_gets_the_nearest_group(double fraction)
    {
        for (var seed = 0; seed < 10; seed++)
        {
            var view = View().Scalar(Key, NumberDataViewType.Int32, row => (int)row % 3);
            var data = Read(view, options => options.ValidationFraction = fraction, seed);

            Assert.AreEqual(fraction < 0.5 ? Rows / 3 : 2 * Rows / 3, data.Validation.Rows);
        }
    }

    [TestMethod]
    public void Missing_key_is_named_with_its_row()
    {
        foreach (var (type, add) in new (string, Func<TestView, TestView>)[]
        {
            ("text", view => view.Scalar(Key, TextDataViewType.Instance, row => (row == 7 ? "" : row == 8 ? " " : "a").AsMemory())),
            ("blank text", view => view.Scalar(Key, TextDataViewType.Instance, row => (row == 7 ? "  " : $"{row}").AsMemory())),
            ("number", view => view.Scalar(Key, NumberDataViewType.Double, row => row == 7 ? double.NaN : row)),
            ("key", view => view.Scalar(Key, new KeyDataViewType(typeof(uint), 9), row => row == 7 ? 0u : 1u + (uint)row % 9)),
        })
        {
            Expect.Error<InvalidOperationException>(
                () => Read(add(View())), "Column 'Group', row 7: expected a value that says which rows belong together (SamplingKeyColumnName), found none.");
        }
    }

    [TestMethod]
    public void Unsuitable_key_column_is_named()
    {
        Expect.Error<ArgumentOutOfRangeException>(
            () => Fit(View()), "Could not find sampling key column 'Group'");
        Expect.Error<ArgumentOutOfRangeException>(
            () => Fit(View().Vector(Key, new VectorDataViewType(NumberDataViewType.Single, 2), _ => new float[2])),
            "Schema mismatch for sampling key column 'Group': expected text, a key, a number, Boolean, a date or a time, one a row, got Vector<Single, 2>.");

        static void Fit(TestView view) => Trainer(_ => { }).Fit(view).Dispose();
    }

    /// <summary>Where no validation rows are drawn nothing has to say which belong together.</summary>
    [TestMethod]
    public void Key_column_is_not_needed_without_a_split()
    {
        Trainer(options => options.ValidationFraction = 0).Fit(View()).Dispose();
        Trainer(_ => { }).Fit(View(), View()).Dispose();
        Assert.IsNotNull(Trainer(options => options.ValidationFraction = 0).GetOutputSchema(Shapes.Of(View().Schema)));
        Expect.Error<ArgumentOutOfRangeException>(() => Trainer(_ => { }).GetOutputSchema(Shapes.Of(View().Schema)), "Could not find sampling key column 'Group'");
    }

    /// <summary>Rows that move to another group between two readings are not the rows of the first.</summary>
    [TestMethod]
    public void Changed_key_is_refused()
    {
        TestView? view = null;
        view = View().Scalar(Key, NumberDataViewType.Int32, row => (int)(row % Groups) + (view!.Opened > 1 && row >= 60 ? 1 : 0));

        Expect.Error<InvalidOperationException>(
            () => Trainer(options => options.MaxCacheBytes = 1).Fit(view), "The rows changed while Fit was training on them");
    }

    /// <summary>
    /// Labels are a coin's per group, and rows of one group are alike: whoever sees a group's rows on both sides knows them by heart.
    /// </summary>
    [TestMethod]
    public void Validation_metrics_in_cross_validation_are_those_of_held_out_groups()
    {
        var random = new Random(1);
        var rows = Enumerable.Range(0, 40).SelectMany(group =>
        {
            var (previous, current) = (Samples.Values(random, 12), Samples.Values(random, 12));
            return Enumerable.Range(0, 10).Select(_ => new GroupedRow { PreviousEmbeddings = previous, CurrentEmbeddings = current, Label = group % 2 == 0, Group = $"text {group}" });
        }).ToArray();
        var pipeline = Ml.Transforms.NextTokenDiscriminator().Append(Trainers.Small(Ml, options =>
        {
            (options.ModelDimension, options.Epochs, options.SamplingKeyColumnName) = (32, 12, Key);
            (options.ValidationFraction, options.Patience) = (0.3, 0);
        }));

        var folds = Ml.BinaryClassification.CrossValidateNonCalibrated(Ml.Data.LoadFromEnumerable(rows), pipeline, 3, samplingKeyColumnName: Key);

        foreach (var fold in folds)
        {
            var last = ((NextTokenDiscriminatorScorer)((IEnumerable<ITransformer>)fold.Model).Last()).History[^1];
            Assert.IsGreaterThan(0.95, last.Training.AreaUnderRocCurve, "It knows what it has seen.");
            Assert.IsLessThan(0.9, last.Validation!.AreaUnderRocCurve, "It does not know the others.");
        }
    }

    private static IEnumerable<(string, Func<TestView, TestView>)> Columns()
    {
        var start = new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc);
        yield return ("text", view => view.Scalar(Key, TextDataViewType.Instance, row => $"text {row % Groups}".AsMemory()));
        yield return ("key", view => view.Scalar(Key, new KeyDataViewType(typeof(ushort), Groups), row => (ushort)(1 + row % Groups)));
        yield return ("sbyte", view => view.Scalar(Key, NumberDataViewType.SByte, row => (sbyte)(row % Groups - 9)));
        yield return ("byte", view => view.Scalar(Key, NumberDataViewType.Byte, row => (byte)(row % Groups)));
        yield return ("short", view => view.Scalar(Key, NumberDataViewType.Int16, row => (short)(row % Groups)));
        yield return ("ushort", view => view.Scalar(Key, NumberDataViewType.UInt16, row => (ushort)(row % Groups)));
        yield return ("int", view => view.Scalar(Key, NumberDataViewType.Int32, row => (int)(row % Groups)));
        yield return ("uint", view => view.Scalar(Key, NumberDataViewType.UInt32, row => (uint)(row % Groups)));
        yield return ("long", view => view.Scalar(Key, NumberDataViewType.Int64, row => row % Groups << 40));
        yield return ("ulong", view => view.Scalar(Key, NumberDataViewType.UInt64, row => ulong.MaxValue - (ulong)(row % Groups)));
        yield return ("float", view => view.Scalar(Key, NumberDataViewType.Single, row => row % Groups / 3f));
        yield return ("double", view => view.Scalar(Key, NumberDataViewType.Double, row => row % Groups / 3.0));
        yield return ("date", view => view.Scalar(Key, DateTimeDataViewType.Instance, row => start.AddDays(row % Groups)));
        yield return ("date with offset", view => view.Scalar(Key, DateTimeOffsetDataViewType.Instance, row => new DateTimeOffset(start.AddDays(row % Groups))));
        yield return ("time", view => view.Scalar(Key, TimeSpanDataViewType.Instance, row => TimeSpan.FromMinutes(row % Groups)));
        yield return ("row id", view => view.Scalar(Key, RowIdDataViewType.Instance, row => new DataViewRowId((ulong)(row % Groups), 1)));
    }

    private static TrainingDataset Read(TestView view, Action<Options>? configure = null, int splitSeed = 1)
    {
        var options = new Options { ValidationFraction = 0.3, MaskColumnName = "", SamplingKeyColumnName = Key };
        configure?.Invoke(options);
        options = options.Copy();
        var columns = BoundInputColumns.Bind(Ml, NextTokenDiscriminatorTrainer.Columns(options), options.LabelColumnName, null, view.Schema).WithSamplingKey(Ml, view.Schema, Key);
        return DatasetScan.Read(Ml, new RowSource(Ml, view, columns, 3, () => { }), null, columns, options, splitSeed, DistributedContext.Create(Ml, options));
    }

    private static NextTokenDiscriminatorTrainer Trainer(Action<Options> configure) => Trainers.Small(Ml, options =>
    {
        (options.MaskColumnName, options.SamplingKeyColumnName, options.ValidationFraction, options.Epochs) = ("", Key, 0.3, 1);
        configure(options);
    });

    private static TestView View() => new TestView(Rows)
        .Vector("Combined", new VectorDataViewType(NumberDataViewType.Single, 4, Samples.Dimension), row => Samples.Values(new Random((int)row), 4 * Samples.Dimension))
        .Scalar("Label", BooleanDataViewType.Instance, row => row % 2 == 0);

    private sealed class GroupedRow
    {
        [VectorType(3, 4)]
        public float[] PreviousEmbeddings { get; set; } = [];

        [VectorType(3, 4)]
        public float[] CurrentEmbeddings { get; set; } = [];

        public bool Label { get; set; }

        public string Group { get; set; } = "";
    }
}
