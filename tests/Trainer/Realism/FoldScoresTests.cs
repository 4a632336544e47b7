using FsCheck;
using FsCheck.Fluent;

namespace MlNetNtd.Tests;

/// <summary>The AUC of a fold, its variance, and its permutations.</summary>
[TestClass]
public sealed class FoldScoresTests
{
    private static Gen<KeyedScore[]> Scores => Gen.Choose(0, int.MaxValue - 1).Select(seed =>
    {
        var random = new Random(seed);
        var (real, synthetic) = (random.Next(2, 12), random.Next(2, 12));
        // Few different values, so that some are equal.
        return Enumerable.Range(0, real + synthetic).Select(i => new KeyedScore(random.Next(8), i < real, i)).ToArray();
    });

    [TestMethod]
    public void Value_is_the_share_of_pairs_in_order() => Property.Check(Scores, scores =>
    {
        var pairs = from real in scores.Where(score => score.IsReal)
                    from synthetic in scores.Where(score => !score.IsReal)
                    select Order(real, synthetic);

        Assert.AreEqual(pairs.Average(), new FoldScores(scores).Value, 1e-12);
    });

    [TestMethod]
    public void Variance_without_keys_is_DeLong_s() => Property.Check(Scores, scores =>
    {
        var (real, synthetic) = (scores.Where(score => score.IsReal).ToArray(), scores.Where(score => !score.IsReal).ToArray());
        var ofReal = real.Select(score => synthetic.Average(other => Order(score, other)));
        var ofSynthetic = synthetic.Select(score => real.Average(other => Order(other, score)));

        Assert.AreEqual((Variance(ofReal) / real.Length) + (Variance(ofSynthetic) / synthetic.Length), new FoldScores(scores).GetVariance(), 1e-12);
    });

    [TestMethod]
    public void Scores_that_repeat_within_their_key_have_the_variance_of_one() => Property.Check(Scores, scores =>
    {
        var repeated = scores.SelectMany(score => Enumerable.Repeat(score, 3));

        Assert.AreEqual(new FoldScores(scores).GetVariance(), new FoldScores(repeated).GetVariance(), 1e-12);
    });

    [TestMethod]
    public void Variance_of_one_key_is_unknown()
    {
        KeyedScore[] scores = [new(1, true, 1), new(2, true, 1), new(0, false, 2), new(3, false, 3)];

        Assert.AreEqual(double.NaN, new FoldScores(scores).GetVariance());
    }

    [TestMethod]
    public void Permutations_have_mean_one_half() => Property.Check(Scores, scores =>
    {
        var (fold, random) = (new FoldScores(scores), new Random(1));

        Assert.AreEqual(0.5, Enumerable.Range(0, 4000).Average(_ => fold.Permute(random)), 0.03);
    });

    [TestMethod]
    public void Permutation_keeps_the_scores_of_a_key_together()
    {
        // Two keys a kind: of the six ways to choose the real ones, each has its AUC.
        KeyedScore[] scores = [new(0, true, 1), new(1, true, 1), new(2, true, 2), new(3, true, 2), new(4, false, 3), new(5, false, 3), new(6, false, 4), new(7, false, 4)];
        var (fold, random) = (new FoldScores(scores), new Random(1));

        var found = Enumerable.Range(0, 500).Select(_ => fold.Permute(random)).Distinct().Order();

        CollectionAssert.AreEqual(new[] { 0.0, 0.25, 0.5, 0.75, 1.0 }, found.ToArray());
    }

    private static double Order(KeyedScore real, KeyedScore synthetic) =>
        real.Score > synthetic.Score ? 1 : real.Score == synthetic.Score ? 0.5 : 0;

    private static double Variance(IEnumerable<double> values)
    {
        var list = values.ToList();
        return list.Sum(value => (value - list.Average()) * (value - list.Average())) / (list.Count - 1);
    }
}
