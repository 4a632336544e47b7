using Microsoft.ML;

namespace MlNetNtd.Tests;

/// <summary>Progress reports within an epoch.</summary>
[TestClass]
public sealed class TrainingProgressTests
{
    [TestMethod]
    public void Report_has_position_speed_padding_loss_learning_rate_and_gradient()
    {
        var (told, lines, rows) = Fit(seconds: 1e-9);

        // 40 rows make 3 batches of 16, twice.
        CollectionAssert.AreEqual(
            new[] { (1, 1), (1, 2), (1, 3), (2, 1), (2, 2), (2, 3) }, told.Select(one => (one.Epoch, one.Batch)).ToArray());
        foreach (var one in told)
        {
            Assert.AreEqual((2, 3), (one.Epochs, one.Batches));
            Assert.IsGreaterThan(one.RowsPerSecond, one.TokensPerSecond);
            Assert.IsTrue(one.Loss is > 0 and < 2, $"loss {one.Loss}");
            Assert.IsTrue(one.LearningRate is >= 0 and <= 0.01, $"rate {one.LearningRate}");
            Assert.IsTrue(one.GradientNorm > 0 && double.IsFinite(one.GradientNorm), $"gradient {one.GradientNorm}");
        }

        Assert.AreEqual(0.0, told[^1].LearningRate, 1e-12, "after the last step");
        Assert.AreEqual(TimeSpan.Zero, told[^1].TimeLeft);
        Assert.IsGreaterThan(TimeSpan.Zero, told[0].TimeLeft);
        Assert.Contains("Epoch 2 of 2, batch 3 of 3: loss ", string.Concat(lines));
        Assert.HasCount(6, lines.FindAll(line => line.Contains(" left at most")));

        // A batch is as wide as its longest row: what the others lack is padding.
        var longest = rows.Max(row => row.PreviousEmbeddings.Length / (double)Samples.Dimension);
        Assert.IsTrue(told[2].Padding > 0 && told[2].Padding <= 1 - rows.Average(row => row.PreviousEmbeddings.Length / (double)Samples.Dimension) / longest + 1e-9, $"padding {told[2].Padding}");
    }

    [TestMethod]
    [DataRow(14 * 60, "0:14:00 left at most")]
    [DataRow(0.4, "0:00:00 left at most")]
    [DataRow(23 * 3600 + 59 * 60 + 59, "23:59:59 left at most")]
    [DataRow(51 * 3600 + 4 * 60 + 5, "2.03:04:05 left at most")]
    public void Time_left_is_in_hours_and_in_days_only_where_needed(double seconds, string expected) =>
        Assert.EndsWith($"; {expected}", new TrainingProgress(1, 2, 3, 4, 5, 6, 0, 8, 9, 10, TimeSpan.FromSeconds(seconds)).ToString());

    [TestMethod]
    public void Report_waits_for_the_interval_and_zero_turns_it_off()
    {
        foreach (var seconds in new[] { 0, 3600.0 })
        {
            var (told, lines, _) = Fit(seconds);
            Assert.IsEmpty(told);
            Assert.IsFalse(lines.Exists(line => line.Contains(" left at most")));
        }
    }

    private static (List<TrainingProgress> Told, List<string> Lines, List<TrainingRow> Rows) Fit(double seconds)
    {
        var context = new MLContext(seed: 1);
        var (told, lines, rows) = (new RecordingProgress(), new List<string>(), Samples.Free(40, TokenRow.Tokens));
        context.Log += (_, e) => lines.Add(e.Message);
        var options = Trainers.SmallOptions(options => options.ProgressSeconds = seconds);
        using var scorer = context.BinaryClassification.Trainers.NextTokenDiscriminator(options, progress: told)
            .Fit(Trainers.Transformed(context, context.Data.LoadFromEnumerable(rows)));
        return (told.Told, lines, rows);
    }
}
