using FsCheck.Fluent;
using Microsoft.ML;

namespace MlNetNtd.Tests;

/// <summary>Seed and row number decide which rows are validation rows.</summary>
[TestClass]
public sealed class ValidationSplitTests
{
    [TestMethod]
    public void Split_keeps_about_the_requested_fraction() => Property.Check(
        from seed in Gen.Choose(int.MinValue, int.MaxValue)
        from percent in Gen.Choose(0, 99)
        select (seed, percent),
        one =>
        {
            const int rows = 10_000;
            var draw = ValidationSplit.FromFraction(one.percent / 100.0, one.seed);
            var kept = Enumerable.Range(0, rows).Count(row => draw.IsValidation(row));
            // Six times the deviation of a fair draw.
            Assert.AreEqual(one.percent / 100.0, (double)kept / rows, 6 * Math.Sqrt(0.25 / rows));
        });

    [TestMethod]
    public void Seeds_hold_out_different_rows_and_none_without_a_fraction()
    {
        Assert.AreNotEqual(Kept(ValidationSplit.FromFraction(0.5, 1)), Kept(ValidationSplit.FromFraction(0.5, 2)));
        Assert.AreEqual("", Kept(ValidationSplit.None));

        static string Kept(ValidationSplit draw) => string.Join(' ', Enumerable.Range(0, 100).Where(row => draw.IsValidation(row)));
    }

    /// <summary>However small or large the share, two rows are one to train on and one to validate by.</summary>
    [TestMethod]
    [DataRow(0.001)]
    [DataRow(0.999)]
    public void Each_side_has_at_least_one_row(double fraction)
    {
        var context = new MLContext(seed: 1);
        for (var seed = 0; seed < 5; seed++)
        {
            foreach (var bytes in new long?[] { null, 1 })
            {
                var lines = new List<string>();
                context.Log += (_, e) => lines.Add(e.Message);
                using var scorer = Trainers.Small(context, options =>
                {
                    (options.ValidationFraction, options.Seed, options.MaxCacheBytes) = (fraction, seed, bytes);
                    // Rows that have both kinds of label, so that one will do.
                    options.LabelColumnName = nameof(TrainingRow.TokenLabels);
                }).Fit(Trainers.Transformed(context, context.Data.LoadFromEnumerable(Both())));

                Assert.IsTrue(lines.Exists(line => line.Contains("Training on cpu: 1 rows, 1 for validation")), string.Join('\n', lines));
                Assert.IsTrue(scorer.History.All(epoch => epoch.Validation is not null));
            }
        }

        static List<TrainingRow> Both()
        {
            var rows = Samples.Free(40, maxTokens: 6).FindAll(row => row.TokenLabels.Length >= 2)[..2];
            rows.ForEach(row => (row.TokenLabels[0], row.TokenLabels[1]) = (true, false));
            return rows;
        }
    }
}
