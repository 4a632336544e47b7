namespace MlNetNtd.Discriminator.Tests;

/// <summary>The figures of an epoch, against their definitions.</summary>
[TestClass]
public sealed class ScoreTallyTests
{
    [TestMethod]
    public void FiguresAreTheirDefinitions()
    {
        var random = new Random(1);
        // Few different logits, so that ties abound.
        var scores = Enumerable.Range(0, 200).Select(_ => (Logit: random.Next(-4, 5) / 2f, Label: random.Next(3) > 0)).ToList();
        var tally = new ScoreTally();
        scores.ForEach(score => tally.Add(score.Logit, score.Label));

        var metrics = tally.Sum();

        var (positives, negatives) = (scores.Where(score => score.Label).ToList(), scores.Where(score => !score.Label).ToList());
        var wins = positives.Sum(one => negatives.Sum(other => one.Logit > other.Logit ? 1 : one.Logit == other.Logit ? 0.5 : 0));
        Assert.AreEqual(wins / (positives.Count * negatives.Count), metrics.Auc, 1e-12);
        Assert.AreEqual(scores.Average(score => -Math.Log(1 / (1 + Math.Exp(score.Label ? -score.Logit : score.Logit)))), metrics.Loss, 1e-12);
        Assert.AreEqual(scores.Count(score => score.Logit > 0 == score.Label) / 200.0, metrics.Accuracy, 1e-12);
    }

    [TestMethod]
    public void AWeightOfThreeIsThreeTimesTheSame()
    {
        var random = new Random(1);
        var (weighted, repeated) = (new ScoreTally(), new ScoreTally());
        for (var i = 0; i < 100; i++)
        {
            var (logit, label, weight) = (random.Next(-4, 5) / 2f, random.Next(3) > 0, random.Next(4));
            weighted.Add(logit, label, weight);
            for (var time = 0; time < weight; time++)
                repeated.Add(logit, label);
        }

        var (found, expected) = (weighted.Sum(), repeated.Sum());
        Assert.AreEqual(expected.Loss, found.Loss, 1e-12);
        Assert.AreEqual(expected.Accuracy, found.Accuracy, 1e-12);
        Assert.AreEqual(expected.Auc, found.Auc, 1e-12);
    }

    [TestMethod]
    public void OneKindOfLabelHasNoAuc()
    {
        var tally = new ScoreTally();
        tally.Add(1, true);

        Assert.IsTrue(double.IsNaN(tally.Sum().Auc));
    }

    [TestMethod]
    public void FarLogitsDoNotOverflow()
    {
        var tally = new ScoreTally();
        tally.Add(-1000, true);
        tally.Add(-1000, false);

        Assert.AreEqual(500, tally.Sum().Loss, 1e-9);
    }

    [TestMethod]
    public void TheRateRisesThenFalls()
    {
        var options = new DiscriminatorLearningOptions { LearningRate = 2, WarmupSteps = 4, TotalSteps = 14 };

        Assert.AreEqual(0.5, options.RateAt(0), 1e-12);
        Assert.AreEqual(2, options.RateAt(3), 1e-12);
        Assert.AreEqual(2, options.RateAt(4), 1e-12);
        Assert.AreEqual(1, options.RateAt(9), 1e-12);
        Assert.AreEqual(0, options.RateAt(14), 1e-12);
        Assert.AreEqual(2, (options with { TotalSteps = null }).RateAt(1_000_000), 1e-12);
    }
}
