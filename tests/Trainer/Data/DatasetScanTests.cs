using Microsoft.ML;
using Microsoft.ML.Data;
using Options = MlNetNtd.NextTokenDiscriminatorTrainer.Options;

namespace MlNetNtd.Tests;

/// <summary>The first pass over all rows: it validates, counts, splits and caches them.</summary>
[TestClass]
public sealed class DatasetScanTests
{
    private const int Tokens = 2;
    private const int Side = 2 * Tokens;
    private const int MaskBytes = sizeof(float) * Side * Side;
    private const string Feature = "Combined";
    private const string Mask = "Mask";
    private const string Weight = "Weight";
    private const string Count = "Count";

    [TestMethod]
    public void Rows_are_cached_up_to_the_limit_and_validation_rows_first()
    {
        var all = Read(View(12), Split);
        Assert.IsTrue(all.IsCached);
        Assert.AreEqual((12L, true), (all.Training.Rows + all.Validation.Rows, all.Validation.Rows is > 1 and < 6), "So few show nothing.");

        AreKept(all.Training.Bytes + all.Validation.Bytes, training: true, validation: true);
        AreKept(all.Training.Bytes + all.Validation.Bytes - 1, training: false, validation: true);
        AreKept(all.Validation.Bytes, training: false, validation: true);
        AreKept(all.Validation.Bytes - 1, training: false, validation: false);

        static void AreKept(long bytes, bool training, bool validation) =>
            Kept(View(12), options => { Split(options); options.MaxCacheBytes = bytes; }, training, validation);
    }

    /// <summary>Each mask counts once, however many rows have it.</summary>
    [TestMethod]
    public void Masks_count_towards_the_cache()
    {
        // Two masks in turn.
        static TestView Two() => View(12).Vector(Mask, MaskType, row => Blocked(row % 2));
        var all = Read(Two(), Split);
        var bytes = all.Training.Bytes + all.Validation.Bytes + 2 * MaskBytes;
        Assert.AreEqual(0, all.Training.RowsUnderRule);

        Kept(Two(), options => { Split(options); options.MaxCacheBytes = bytes; }, training: true, validation: true);
        Kept(Two(), options => { Split(options); options.MaxCacheBytes = bytes - 1; }, training: false, validation: true);

    }

    /// <summary>Where training rows are not kept, those of validation count alone: those that were read before it was known, too.</summary>
    [TestMethod]
    public void Masks_of_uncached_rows_do_not_count()
    {
        // A mask of its own for each row, and the first one is for validation.
        static TestView Own() => View(12).Vector(Mask, MaskType, Blocked);
        foreach (var seed in Enumerable.Range(0, 40).Where(seed => ValidationSplit.FromFraction(0.3, seed).IsValidation(0)))
        {
            var validation = Read(Own(), Split, seed).Validation;
            var bytes = validation.Bytes + validation.Rows * MaskBytes;

            Kept(Own(), options => { Split(options); options.MaxCacheBytes = bytes; }, training: false, validation: true, seed);
            Kept(Own(), options => { Split(options); options.MaxCacheBytes = bytes - 1; }, training: false, validation: false, seed);
        }
    }

    [TestMethod]
    public void Mask_shared_by_all_rows_counts_once()
    {
        // Two rows of which the draw keeps none or both are read twice.
        foreach (var seed in Enumerable.Range(0, 32))
        {
            var view = View(2).Annotate(Feature, MaskAnnotationBuilder.Create(BooleanDataViewType.Instance, Blocked(0)));
            var bytes = Read(view, Half).Training.Bytes + Read(view, Half).Validation.Bytes + MaskBytes;

            Assert.IsTrue(Read(view, options => { Half(options); options.MaxCacheBytes = bytes; }, seed).IsCached);
            Assert.IsFalse(Read(view, options => { Half(options); options.MaxCacheBytes = bytes - 1; }, seed).IsCached);
        }

        static void Half(Options options) => (options.ValidationFraction, options.MaskColumnName) = (0.5, "");
    }

    [TestMethod]
    [DataRow(0.001)]
    [DataRow(0.999)]
    public void Empty_side_of_the_split_gets_the_nearest_row(double fraction)
    {
        for (var seed = 0; seed < 20; seed++)
        {
            var draw = ValidationSplit.FromFraction(fraction, seed);
            var lots = Enumerable.Range(0, 5).OrderBy(row => draw.GetKey(row)).ToArray();
            var validates = Math.Clamp(Enumerable.Range(0, 5).Count(row => draw.IsValidation(row)), 1, 4);

            var data = Read(View(5), options => options.ValidationFraction = fraction, seed);

            Assert.AreEqual((5L - validates, (long)validates), (data.Training.Rows, data.Validation.Rows));
            CollectionAssert.AreEqual(lots[..validates].Order().ToArray(), data.ValidationRows(1).Select(row => (int)row.Number).ToArray());
            CollectionAssert.AreEqual(lots[validates..].Order().ToArray(), data.TrainingRows(1).Select(row => (int)row.Number).ToArray());
        }
    }

    /// <summary>All processes read the first 64, and of the others each 64th, to know the data by; beside them each reads its own.</summary>
    [TestMethod]
    public void Rows_of_other_processes_are_skipped()
    {
        var views = new[] { View(200), View(200) };

        var data = InMemoryProcessGroup.Run(2, one => Read(views[one.Rank], options => (options.BatchSize, options.ProcessGroup) = (16, one)));

        for (var rank = 0; rank < 2; rank++)
        {
            // Of eight lanes the first four are the first process's.
            var read = Enumerable.Range(0, 200).Count(row => row < 64 || row % 64 == 63 || row % 8 / 4 == rank);
            Assert.AreEqual(read, views[rank].Reads(Feature));
        }

        Assert.AreEqual(data[0].Fingerprint, data[1].Fingerprint);
        Assert.AreEqual(Read(View(200), options => options.BatchSize = 16).Fingerprint, data[0].Fingerprint, "One process and two know the rows by the same.");
        Assert.AreEqual((200L, 13L), (data[0].Training.Rows, data[0].Steps));
    }

    [TestMethod]
    [DataRow(0)]
    [DataRow(69)]
    public void Fingerprint_covers_everything_in_a_row(int changed)
    {
        var known = Known(View(70));
        Assert.AreEqual(known, Known(View(70)));

        string[] others =
        [
            Known(View(70, row => row == changed ? 9 : 1)),
            Known(View(70, label: row => row == changed != (row % 2 == 0))),
            Known(View(70, weight: row => row == changed ? 2 : 1)),
            Known(View(70, count: row => row == changed ? 1 : Tokens)),
            Known(View(70).Vector(Mask, MaskType, row => Blocked(0))),
            Known(View(70).Vector(Mask, MaskType, row => Blocked(row == changed ? 1 : 0))),
        ];

        Assert.HasCount(7, others.Append(known).Distinct().ToList());

        static string Known(TestView view) =>
            Read(view, options => (options.ExampleWeightColumnName, options.TokenCountColumnName) = (Weight, Count)).Fingerprint;
    }

    [TestMethod]
    public void Minimum_number_of_rows_is_accepted()
    {
        Assert.AreEqual((1L, 1L), Read(View(1), _ => { }) is var one ? (one.Training.Rows, one.Steps) : default);
        Assert.AreEqual((1L, 1L), Read(View(2), Split) is var two ? (two.Training.Rows, two.Validation.Rows) : default);
        Assert.AreEqual((1L, 1L), Read(View(1), _ => { }, validation: View(1)) is var other ? (other.Training.Rows, other.Validation.Rows) : default);
    }

    [TestMethod]
    public void Too_few_rows_are_refused()
    {
        Expect.Error<InvalidOperationException>(() => Read(View(0), _ => { }), "Too few rows: expected at least 1, found 0.");
        Expect.Error<InvalidOperationException>(
            () => Read(View(1), Split),
            "Too few rows: expected at least 2 (one to train on and one for validation; with ValidationFraction = 0 one will do), found 1.");
        Expect.Error<InvalidOperationException>(() => Read(View(1), _ => { }, validation: View(0)), "Too few rows: the validation data has none.");
        Expect.Error<InvalidOperationException>(() => Read(View(0), _ => { }, validation: View(1)), "Too few rows: expected at least 1, found 0.");
    }

    [TestMethod]
    [DataRow(true, "negative")]
    [DataRow(false, "positive")]
    public void Labels_of_one_value_are_refused(bool label, string missing)
    {
        Expect.Error<InvalidOperationException>(
            () => Read(View(3, label: _ => label, byRow: true), _ => { }),
            $"Column 'Label': no {missing} label among the 3 training rows; a discriminator needs both kinds.");
        Expect.Error<InvalidOperationException>(
            () => Read(View(2, label: _ => label, byRow: true), Split),
            $"Column 'Label': no {missing} label among the 1 training rows, 1 more are kept for validation (ValidationFraction); a discriminator");
        // Of another view nothing is kept.
        Expect.Error<InvalidOperationException>(
            () => Read(View(3, label: _ => label, byRow: true), _ => { }, validation: View(2, byRow: true)), "among the 3 training rows; a discriminator");
    }

    private static readonly VectorDataViewType MaskType = new(BooleanDataViewType.Instance, Side, Side);

    // Masks of no rule, each another one, under which every query meets itself and the first position.
    private static bool[] Blocked(long which)
    {
        var (mask, bits) = (new bool[Side * Side], which + 1);
        foreach (var i in Enumerable.Range(0, mask.Length).Where(i => i % Side != 0 && i % Side != i / Side))
        {
            mask[i] = bits % 2 == 1;
            bits /= 2;
        }

        return mask;
    }

    private static void Split(Options options) => options.ValidationFraction = 0.3;

    private static void Kept(TestView view, Action<Options> configure, bool training, bool validation, int splitSeed = 1)
    {
        var data = Read(view, configure, splitSeed);
        var read = view.Opened;
        Assert.AreEqual(training, data.IsCached);
        Assert.AreEqual(data.Training.Rows, data.TrainingRows(1).Count());
        Assert.AreEqual(training ? read : ++read, view.Opened, "Training rows.");
        Assert.AreEqual(data.Validation.Rows, data.ValidationRows(1).Count());
        Assert.AreEqual(validation ? read : ++read, view.Opened, "Validation rows.");
    }

    private static TrainingDataset Read(TestView view, Action<Options> configure, int splitSeed = 1, TestView? validation = null)
    {
        var context = new MLContext();
        var written = new Options { ValidationFraction = 0, MaskColumnName = view.Schema.GetColumnOrNull(Mask) is null ? "" : Mask };
        configure(written);
        var options = written.Copy();
        var team = DistributedContext.Create(context, options);
        return DatasetScan.Read(context, Source(view, out var columns), validation is null ? null : Source(validation, out _), columns, options, splitSeed, team);

        RowSource Source(TestView rows, out BoundInputColumns its)
        {
            its = BoundInputColumns.Bind(context, NextTokenDiscriminatorTrainer.Columns(options), options.LabelColumnName, options.EmbeddingDimension, rows.Schema)
                .WithWeight(context, rows.Schema, options.ExampleWeightColumnName);
            return new RowSource(context, rows, its, Tokens, () => { });
        }
    }

    // Rows with a label a token, of both kinds.
    private static TestView View(
        int rows, Func<long, float>? value = null, Func<long, bool>? label = null, Func<long, float>? weight = null, Func<long, int>? count = null, bool byRow = false)
    {
        var view = new TestView(rows)
            .Vector(Feature, new VectorDataViewType(NumberDataViewType.Single, Side, Samples.Dimension), row =>
            {
                var values = Samples.Values(new Random((int)row), Side * Samples.Dimension);
                values[^1] = value?.Invoke(row) ?? 1;
                return values;
            })
            .Scalar(Weight, NumberDataViewType.Single, weight ?? (_ => 1f))
            .Scalar(Count, NumberDataViewType.Int32, count ?? (_ => Tokens));
        var first = label ?? (row => row % 2 == 0);
        return byRow
            ? view.Scalar("Label", BooleanDataViewType.Instance, first)
            : view.Vector("Label", new VectorDataViewType(BooleanDataViewType.Instance, Tokens), row => new[] { first(row), !first(row) });
    }
}
