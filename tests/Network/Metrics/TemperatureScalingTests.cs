using FsCheck.Fluent;

namespace MlNetNtd.Tests;

/// <summary>The temperature makes probabilities as confident as the discriminator is right.</summary>
[TestClass]
public sealed class TemperatureScalingTests
{
    [TestMethod]
    public void Fitted_temperature_is_the_factor_by_which_logits_are_too_large() => Property.Check(
        from temperature in Gen.Elements(0.2, 1.0, 3.0, 20.0)
        from seed in Gen.Choose(0, 1000)
        select (temperature, seed),
        one => Assert.AreEqual(1, Fit(Draw(one.seed, 20_000, one.temperature)) / one.temperature, 0.1));

    [TestMethod]
    public void Scaled_logits_scale_the_temperature_and_scaled_weights_do_not() => Property.Check(
        from factor in Gen.Elements(0.5f, 1.5f, 4f)
        from weight in Gen.Elements(1e-3f, 1f, 50f)
        from seed in Gen.Choose(0, 1000)
        select (factor, weight, seed),
        one =>
        {
            var items = Draw(one.seed, 300, 1);
            var scaled = items.ConvertAll(item => (one.factor * item.Logit, item.Label, one.weight));

            Assert.AreEqual(one.factor, Fit(scaled) / Fit(items), 1e-4 * one.factor);
        });

    [TestMethod]
    public void Calibrated_loss_is_no_higher_than_at_any_other_temperature() => Property.Check(
        from count in Gen.Choose(300, 1000)
        from temperature in Gen.Elements(0.3, 1.0, 5.0)
        from seed in Gen.Choose(0, 1000)
        select (count, temperature, seed),
        one =>
        {
            var items = Draw(one.seed, one.count, one.temperature);

            var found = Accumulate(items).GetCalibratedMetrics();

            // Smoothed labels move the temperature a little.
            foreach (var other in new[] { found.Temperature / 2, found.Temperature * 2, 1f })
                Assert.IsLessThanOrEqualTo(Loss(items, other) + 1e-3, found.CalibratedLoss);
            Assert.AreEqual(Loss(items, found.Temperature), found.CalibratedLoss, 1e-6);
            Assert.AreEqual(Loss(items, 1), found.Loss, 1e-6);
        });

    [TestMethod]
    public void Histogram_gives_the_temperature_of_the_scores_to_a_thousandth() => Property.Check(
        Gen.Choose(0, 1000),
        seed =>
        {
            var items = Draw(seed, 500, 2);
            var exact = Accumulate(items).GetCalibratedMetrics();

            var binned = Accumulate(items, maxExactScores: 100).GetCalibratedMetrics();

            Assert.AreEqual(1, binned.Temperature / exact.Temperature, 2e-3);
            Assert.AreEqual(exact.CalibratedLoss, binned.CalibratedLoss, 1e-3);
        },
        count: 20);

    [TestMethod]
    public void Logits_that_tell_nothing_give_the_highest_temperature()
    {
        Assert.AreEqual(100f, Fit([(1, false, 1), (-1, true, 1), (2, false, 1), (-2, true, 1)]));
        Assert.AreEqual(100f, Fit([(1, true, 1), (1, false, 1)]));
    }

    /// <summary>Without smoothing, logits that separate the labels would make every probability 0 or 1.</summary>
    [TestMethod]
    public void Logits_that_separate_the_labels_stay_uncertain()
    {
        Assert.IsTrue(Fit([(1, true, 1), (-1, false, 1)]) is > 0.5f and < 2f);
        Assert.IsTrue(Fit([.. Enumerable.Range(0, 10).Select(i => (i % 2 == 0 ? 1f : -1f, i % 2 == 0, 1f))]) is > 0.2f and < 1f);
        Assert.AreEqual(0.05f, Fit([.. Enumerable.Range(0, 1000).Select(i => (i % 2 == 0 ? 1e-3f : -1e-3f, i % 2 == 0, 1f))]), "The lowest.");
    }

    [TestMethod]
    public void Temperature_is_1_where_there_is_nothing_to_fit()
    {
        Assert.AreEqual(1f, Fit([]));
        Assert.AreEqual(1f, Fit([(3, true, 1), (-1, true, 1)]));
        Assert.AreEqual(1f, Fit([(3, false, 1)]));
        Assert.AreEqual(1f, Fit([(0, true, 1), (0, false, 1)]));
        Assert.AreEqual(1f, Fit([(float.NaN, true, 1), (1, false, 1)]));
        Assert.AreEqual(1f, Fit([(float.PositiveInfinity, true, 1), (1, false, 1)]));
    }

    [TestMethod]
    public void Metrics_without_a_fit_have_temperature_1_and_the_loss()
    {
        var found = Accumulate(Draw(1, 50, 3)).GetMetrics();

        Assert.AreEqual((1f, found.Loss), (found.Temperature, found.CalibratedLoss));
    }

    /// <summary>The deviation of the Mann-Whitney statistic without ties.</summary>
    [TestMethod]
    public void AUC_of_chance_has_the_stated_deviation()
    {
        var random = new Random(1);
        var squares = 0.0;
        const int Draws = 4000;
        double expected = 0;
        for (var draw = 0; draw < Draws; draw++)
        {
            var metrics = Accumulate([.. Enumerable.Range(0, 30).Select(i => (random.NextSingle(), i < 12, 1f))]).GetMetrics();
            squares += Math.Pow(metrics.AreaUnderRocCurve - 0.5, 2);
            expected = metrics.ChanceDeviation;
        }

        Assert.AreEqual(expected, Math.Sqrt(squares / Draws), 0.05 * expected);
    }

    private static float Fit(List<(float Logit, bool Label, float Weight)> items) => Accumulate(items).GetCalibratedMetrics().Temperature;

    private static BinaryMetricsAccumulator Accumulate(List<(float Logit, bool Label, float Weight)> items, int maxExactScores = int.MaxValue)
    {
        var accumulator = new BinaryMetricsAccumulator(maxExactScores);
        foreach (var (logit, label, weight) in items)
            accumulator.Add(logit, label, weight);
        return accumulator;
    }

    private static double Loss(List<(float Logit, bool Label, float Weight)> items, float temperature) =>
        items.Average(item => Math.Log(1 + Math.Exp((item.Label ? -1 : 1) * item.Logit / (double)temperature)));

    // Labels with the probability of the logit at this temperature.
    private static List<(float Logit, bool Label, float Weight)> Draw(int seed, int count, double temperature)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ =>
        {
            var honest = 6 * random.NextDouble() - 3;
            return ((float)(temperature * honest), random.NextDouble() < 1 / (1 + Math.Exp(-honest)), 1f);
        })];
    }
}
