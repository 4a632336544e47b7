using FsCheck.Fluent;

namespace MlNetNtd.Tests;

/// <summary>The state of the metrics as the plain values that checkpoints and processes exchange.</summary>
[TestClass]
public sealed class BinaryMetricsStateTests
{
    [TestMethod]
    public void Bins_survive_serialization_to_the_last_bit() => Property.Check(
        from bins in Gen.Choose(0, 20)
        from seed in Gen.Choose(0, 1000)
        select (bins, seed),
        one =>
        {
            var random = new Random(one.seed);
            var state = new BinaryMetricsState(0, 0, 0, 0, 0) { Bins = [.. Enumerable.Range(0, one.bins).Select(_ => (random.Next(), random.NextDouble(), random.NextDouble()))] };

            CollectionAssert.AreEqual(state.Bins, StateSerializer.Read<BinaryMetricsState>(StateSerializer.Write(state)).Bins);
        });

    [TestMethod]
    public void Scores_are_kept_up_to_a_limit_and_binned_beyond_it()
    {
        var tally = new BinaryMetricsAccumulator(maxExactScores: 2);
        tally.Add(1, true, 3);
        tally.Add(-1, false, 2);
        CollectionAssert.AreEqual(new float[] { 1, 1, 3, -1, 0, 2 }, tally.State.Scores);
        Assert.IsEmpty(tally.State.Bins);

        tally.Add(1, false);

        Assert.IsEmpty(tally.State.Scores);
        // In the order of logits, by weight: that of -1, and that of 1 with both kinds.
        CollectionAssert.AreEqual(new[] { (0.0, 2.0), (3.0, 1.0) }, tally.State.Bins.Select(bin => (bin.Real, bin.Generated)).ToArray());
        Assert.IsLessThan(tally.State.Bins[1].Index, tally.State.Bins[0].Index);
        // Of pairs of 3 * 3 by weight, 3 * 1 are of one bin: half of them may be either way.
        Assert.AreEqual(((6 + 1.5) / 9, 1.5 / 9), (tally.GetMetrics().AreaUnderRocCurve, tally.GetMetrics().AreaUnderRocCurveError));
    }

    /// <summary>None is wider than 1/512 of what is in it, both zeros are one, and their order is that of logits.</summary>
    [TestMethod]
    public void Bins_are_narrow_and_in_order() => Property.Check(
        from exponent in Gen.Choose(-30, 30)
        from part in Gen.Choose(0, 1 << 20)
        from negative in Gen.Elements(false, true)
        select (float)((1 + part / (double)(1 << 20)) * Math.Pow(2, exponent) * (negative ? -1 : 1)),
        logit =>
        {
            var above = Math.Abs(logit) / 256;
            Assert.IsLessThan(Bin(logit + above), Bin(logit));
            Assert.IsGreaterThan(Bin(logit - above), Bin(logit));
            Assert.AreEqual(logit > 0, Bin(logit) > Bin(0));
            Assert.IsTrue(Bin(MathF.BitIncrement(logit)) - Bin(logit) is 0 or 1);
        });

    [TestMethod]
    public void Both_zeros_are_one_logit() => Assert.AreEqual(Bin(0f), Bin(-0f));

    private static int Bin(float logit)
    {
        var bins = new LogitHistogram();
        bins.Add(logit, label: true, weight: 1);
        return bins.NonEmptyBins.Single().Index;
    }
}
