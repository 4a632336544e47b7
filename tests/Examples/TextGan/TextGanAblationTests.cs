using MlNetNtd.Studies.TextGan;
using MlNetNtd.Tests;

namespace MlNetNtd.Examples.Tests;

/// <summary>The metrics of the ablation that measures the effect of the adversarial term.</summary>
[TestClass]
public sealed class TextGanAblationTests
{
    [TestMethod]
    public void Divergence_is_0_for_equal_and_ln_2_for_disjoint_distributions()
    {
        int[][] text = [[1, 2, 3, 1, 2], [4, 1]];
        int[][] other = [[7, 8, 9]];

        Assert.AreEqual(0.0, NGrams.Count(text, 2).DivergenceFrom(NGrams.Count(text, 2)), 1e-12);
        Assert.AreEqual(Math.Log(2), NGrams.Count(text, 2).DivergenceFrom(NGrams.Count(other, 2)), 1e-12);
        // Half of one is common: p = (1/2, 1/2, 0), q = (1/2, 0, 1/2).
        Assert.AreEqual(Math.Log(2) / 2, NGrams.Count([[1, 2]], 1).DivergenceFrom(NGrams.Count([[1, 3]], 1)), 1e-12);
    }

    [TestMethod]
    public void N_grams_do_not_cross_texts()
    {
        Assert.AreEqual(Math.Log(2), NGrams.Count([[1, 2], [3, 4]], 2).DivergenceFrom(NGrams.Count([[2, 3]], 2)), 1e-12);
    }

    [TestMethod]
    public void Word_is_a_repetition_where_it_is_among_the_8_before_it()
    {
        Assert.AreEqual(0.0, FreshDiscriminator.ComputeRepetition([[1, 2, 3, 4]]));
        Assert.AreEqual(1.0, FreshDiscriminator.ComputeRepetition([[1, 1, 1]]));
        Assert.AreEqual(1 / 8.0, FreshDiscriminator.ComputeRepetition([[1, 2, 3, 4, 5, 6, 7, 8, 1]]));
        Assert.AreEqual(0.0, FreshDiscriminator.ComputeRepetition([[1, 2, 3, 4, 5, 6, 7, 8, 9, 1]]));
    }

    [TestMethod]
    public void Interval_of_a_mean_uses_the_t_distribution()
    {
        var interval = Interval.Estimate([1, 2, 3, 4, 5]);

        Assert.AreEqual(3.0, interval.Mean);
        Assert.AreEqual(Math.Sqrt(2.5), interval.Deviation, 1e-12);
        // t of 4 degrees of freedom is 2.776.
        Assert.AreEqual(2.776 * Math.Sqrt(2.5 / 5), interval.HalfWidth, 1e-9);
        Assert.IsTrue(interval.ExcludesZero);
        Assert.IsFalse(Interval.Estimate([-1, 1, 2]).ExcludesZero);
        Assert.IsFalse(Interval.Estimate([3]).ExcludesZero);
    }

    [TestMethod]
    public void Verdict_counts_significant_differences()
    {
        AblationOutcome[] outcomes = [.. Enumerable.Range(0, 5).Select(seed => Outcome(auc: -0.02 - 0.001 * seed, pairs: -0.01 - 0.001 * seed, loss: 0.03 + 0.001 * seed))];
        var verdict = AblationReport.CreateLines(outcomes).Last();

        Assert.StartsWith("ablation: better in 2 of 6 measures (fresh discriminator, AUC; JS divergence, 2-grams), worse in 1 (next-word loss, nats)", verdict);
        Assert.Contains("+0.0320 nats, beyond 0.02", verdict);
    }

    [TestMethod]
    [FullRun]
    public void Both_arms_start_from_the_same_weights_and_follow_the_seed()
    {
        using var folder = new TemporaryFolder();
        var hyperparameters = Hyperparameters.Default with
        {
            Tokens = 16,
            Words = 200,
            Dimension = 16,
            PretrainingEpochs = 1,
            DiscriminatorPasses = 1,
            DiscriminatorEpochs = 1,
            FreshDiscriminatorPasses = 1,
            FreshDiscriminatorEpochs = 1,
            Rounds = 1,
        };
        var dataset = TextGanSamples.ReadDataset(folder, TextGanSamples.Text, hyperparameters);
        var one = Ablation.RunSeed(hyperparameters, dataset, seed: 3, TextWriter.Null, default);
        var again = Ablation.RunSeed(hyperparameters, dataset, seed: 3, TextWriter.Null, default);

        foreach (var (name, value) in ArmResult.Measures)
        {
            Assert.AreEqual(value(one.Before), value(again.Before), name);
            Assert.AreEqual(value(one.Without), value(again.Without), name);
            Assert.AreEqual(value(one.With), value(again.With), name);
        }

        Assert.AreNotEqual(one.Without.HeldOutLoss, one.With.HeldOutLoss);
        Assert.AreNotEqual(one.Before.HeldOutLoss, one.Without.HeldOutLoss);
    }

    private static AblationOutcome Outcome(double auc, double pairs, double loss)
    {
        var without = new ArmResult(4, 0.7, [0.1, 0.3, 0.5], 0.05);
        return new AblationOutcome(without, without, new ArmResult(4 + loss, 0.7 + auc, [0.1, 0.3 + pairs, 0.5], 0.05));
    }
}
