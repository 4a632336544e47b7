namespace MlNetNtd.Tests;

/// <summary>The AUC over folds with interval and p-value.</summary>
[TestClass]
public sealed class AucEstimatorTests
{
    [TestMethod]
    public void Interval_covers_the_truth_as_often_as_it_says()
    {
        var random = new Random(1);
        var rounds = TestRun.Count(full: 4000, reduced: 1000);

        // Normal scores, one standard deviation apart: the AUC is 0.760.
        var covered = Enumerable.Range(0, rounds).Count(_ => AucEstimator.Evaluate([Draw(random, 40, 1), Draw(random, 40, 1)], 0, 0) is var found && found.Lower < 0.7602 && 0.7602 < found.Upper);

        Assert.AreEqual(0.95, (double)covered / rounds, 0.02);
    }

    [TestMethod]
    public void P_value_of_scores_that_do_not_differ_is_uniform()
    {
        var random = new Random(1);
        var rounds = TestRun.Count(full: 2000, reduced: 500);

        var below = Enumerable.Range(0, rounds).Count(seed => AucEstimator.Evaluate([Draw(random, 20, 0), Draw(random, 20, 0)], 99, seed).PValue <= 0.1);

        Assert.AreEqual(0.1, (double)below / rounds, 0.04);
    }

    [TestMethod]
    public void P_value_of_scores_that_differ_is_the_smallest()
    {
        var found = AucEstimator.Evaluate([Draw(new Random(1), 50, 3)], 99, 1);

        Assert.AreEqual(0.01, found.PValue, 1e-12);
    }

    [TestMethod]
    public void Interval_of_perfect_order_has_a_width()
    {
        var fold = new FoldScores([new(2, true, 1), new(3, true, 2), new(0, false, 3), new(1, false, 4), new(0.5f, false, 5)]);

        var found = AucEstimator.Evaluate([fold, fold], 0, 0);

        // Of four real scores all are above: as a proportion of 4 in 4.
        Assert.AreEqual(1, found.Upper);
        Assert.AreEqual(Math.Pow(0.025, 0.25), found.Lower, 1e-12);
    }

    [TestMethod]
    public void Estimate_without_folds_is_not_a_number() => Assert.AreEqual(double.NaN, AucEstimator.Evaluate([], 0, 0).Value);

    private static FoldScores Draw(Random random, int count, double distance) => new(
        Enumerable.Range(0, 2 * count).Select(i => new KeyedScore((float)(Normal(random) + (i < count ? distance : 0)), i < count, i)));

    private static double Normal(Random random) => Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble());
}
