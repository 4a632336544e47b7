using FsCheck.Fluent;
using Microsoft.ML;

namespace MlNetNtd.Tests;

/// <summary>Which rows are kept for validation is decided row by row, by the seed and the row's number.</summary>
[TestClass]
public sealed class ValidationSplitTests
{
    [TestMethod]
    public void About_the_share_that_was_asked_for_is_kept() => Property.Check(
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
    public void Seeds_keep_other_rows_and_None_keeps_none()
    {
        Assert.AreNotEqual(Kept(ValidationSplit.FromFraction(0.5, 1)), Kept(ValidationSplit.FromFraction(0.5, 2)));
        Assert.AreEqual("", Kept(ValidationSplit.None));

        static string Kept(ValidationSplit draw) => string.Join(' ', Enumerable.Range(0, 100).Where(row => draw.IsValidation(row)));
    }

    /// <summary>However small or large the share, two rows are one to train on and one to validate by.</summary>
    [TestMethod]
    [DataRow(0.001)]
    [DataRow(0.999)]
    public void There_is_one_row_of_each_kind_at_least(double fraction)
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
