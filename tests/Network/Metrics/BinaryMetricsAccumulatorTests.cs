using FsCheck.Fluent;

namespace MlNetNtd.Tests;

/// <summary>The metrics of an epoch against their definitions.</summary>
[TestClass]
public sealed class BinaryMetricsAccumulatorTests
{
    [TestMethod]
    public void Metrics_equal_their_definitions()
    {
        var random = new Random(1);
        // Few different logits, so that ties abound.
        var scores = Enumerable.Range(0, 200).Select(_ => (Logit: random.Next(-4, 5) / 2f, Label: random.Next(3) > 0)).ToList();
        var tally = new BinaryMetricsAccumulator();
        scores.ForEach(score => tally.Add(score.Logit, score.Label));

        var metrics = tally.GetMetrics();

        var (positives, negatives) = (scores.Where(score => score.Label).ToList(), scores.Where(score => !score.Label).ToList());
        var wins = positives.Sum(one => negatives.Sum(other => one.Logit > other.Logit ? 1 : one.Logit == other.Logit ? 0.5 : 0));
        Assert.AreEqual(wins / (positives.Count * negatives.Count), metrics.AreaUnderRocCurve, 1e-12);
        Assert.AreEqual(scores.Average(score => -Math.Log(1 / (1 + Math.Exp(score.Label ? -score.Logit : score.Logit)))), metrics.Loss, 1e-12);
        Assert.AreEqual(scores.Count(score => score.Logit > 0 == score.Label) / 200.0, metrics.Accuracy, 1e-12);
    }

    [TestMethod]
    public void Weight_of_three_counts_as_three_rows()
    {
        var random = new Random(1);
        var (weighted, repeated) = (new BinaryMetricsAccumulator(), new BinaryMetricsAccumulator());
        for (var i = 0; i < 100; i++)
        {
            var (logit, label, weight) = (random.Next(-4, 5) / 2f, random.Next(3) > 0, random.Next(4));
            weighted.Add(logit, label, weight);
            for (var time = 0; time < weight; time++)
                repeated.Add(logit, label);
        }

        var (found, expected) = (weighted.GetMetrics(), repeated.GetMetrics());
        Assert.AreEqual(expected.Loss, found.Loss, 1e-12);
        Assert.AreEqual(expected.Accuracy, found.Accuracy, 1e-12);
        Assert.AreEqual(expected.AreaUnderRocCurve, found.AreaUnderRocCurve, 1e-12);
    }

    [TestMethod]
    public void Labels_of_one_kind_have_no_auc()
    {
        var tally = new BinaryMetricsAccumulator();
        tally.Add(1, true);

        Assert.IsTrue(double.IsNaN(tally.GetMetrics().AreaUnderRocCurve));
    }

    /// <summary>Pairs whose logits are as good as equal may count wrong, and no others.</summary>
    [TestMethod]
    public void Histogram_of_many_scores_keeps_the_AUC_within_its_stated_error() => Property.Check(
        from seed in Gen.Choose(0, 1000)
        from spread in Gen.Elements(1e-3, 0.1, 1, 30)
        from held in Gen.Choose(0, 300)
        select (seed, spread, held),
        one =>
        {
            var random = new Random(one.seed);
            var (exact, bounded) = (new BinaryMetricsAccumulator(), new BinaryMetricsAccumulator(one.held));
            for (var i = 0; i < 1000; i++)
            {
                var (logit, label, weight) = ((float)(one.spread * (random.NextDouble() - 0.4)), random.Next(3) > 0, random.Next(1, 4));
                exact.Add(logit, label, weight);
                bounded.Add(logit, label, weight);
            }

            var (expected, found) = (exact.GetMetrics(), bounded.GetMetrics());
            Assert.AreEqual(0, expected.AreaUnderRocCurveError);
            Assert.AreEqual((expected.Loss, expected.Accuracy), (found.Loss, found.Accuracy));
            Assert.AreEqual(expected.AreaUnderRocCurve, found.AreaUnderRocCurve, found.AreaUnderRocCurveError + 1e-12);
            Assert.IsTrue(found.AreaUnderRocCurveError is > 0 and < 0.002, $"{found.AreaUnderRocCurveError}");
        });

    /// <summary>As checkpoints and processes put them together.</summary>
    [TestMethod]
    public void Merged_accumulators_equal_one_of_all_rows() => Property.Check(
        from seed in Gen.Choose(0, 1000)
        from first in Gen.Choose(0, 200)
        from second in Gen.Choose(0, 200)
        select (seed, first, second),
        one =>
        {
            var random = new Random(one.seed);
            BinaryMetricsAccumulator whole = new(100), some = new(100), others = new(100), sum = new(100);
            for (var i = 0; i < one.first + one.second; i++)
            {
                // Weights whose sums are exact.
                var (logit, label, weight) = (random.NextSingle() - 0.5f, random.Next(2) == 0, random.Next(1, 4));
                whole.Add(logit, label, weight);
                (i < one.first ? some : others).Add(logit, label, weight);
            }

            sum.Add(some.State);
            sum.Add(others.State);

            Assert.AreEqual((whole.Count, whole.Positives), (sum.Count, sum.Positives));
            var (expected, found) = (whole.GetMetrics(), sum.GetMetrics());
            Assert.AreEqual(expected.Loss, found.Loss, 1e-12);
            Assert.AreEqual((expected.Accuracy, expected.AreaUnderRocCurve, expected.AreaUnderRocCurveError), (found.Accuracy, found.AreaUnderRocCurve, found.AreaUnderRocCurveError));
        });

    [TestMethod]
    public void Large_logits_do_not_overflow()
    {
        var tally = new BinaryMetricsAccumulator();
        tally.Add(-1000, true);
        tally.Add(-1000, false);

        Assert.AreEqual(500, tally.GetMetrics().Loss, 1e-9);
    }

    [TestMethod]
    public void Learning_rate_rises_then_falls()
    {
        var options = new DiscriminatorLearnerOptions { LearningRate = 2, WarmupSteps = 4, TotalSteps = 14 };

        Assert.AreEqual(0.5, options.GetLearningRate(0), 1e-12);
        Assert.AreEqual(2, options.GetLearningRate(3), 1e-12);
        Assert.AreEqual(2, options.GetLearningRate(4), 1e-12);
        Assert.AreEqual(1, options.GetLearningRate(9), 1e-12);
        Assert.AreEqual(0, options.GetLearningRate(14), 1e-12);
        Assert.AreEqual(2, (options with { TotalSteps = null }).GetLearningRate(1_000_000), 1e-12);
    }
}
