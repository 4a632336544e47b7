using MlNetNtd.Studies;
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
        Assert.AreEqual(0.0, ArmEvaluation.ComputeRepetition([[1, 2, 3, 4]]));
        Assert.AreEqual(1.0, ArmEvaluation.ComputeRepetition([[1, 1, 1]]));
        Assert.AreEqual(1 / 8.0, ArmEvaluation.ComputeRepetition([[1, 2, 3, 4, 5, 6, 7, 8, 1]]));
        Assert.AreEqual(0.0, ArmEvaluation.ComputeRepetition([[1, 2, 3, 4, 5, 6, 7, 8, 9, 1]]));
    }

    [TestMethod]
    public void Interval_of_a_mean_uses_the_t_distribution()
    {
        var interval = Interval.Estimate([1, 2, 3, 4, 5]);

        Assert.AreEqual(3.0, interval.Mean);
        Assert.AreEqual(Math.Sqrt(2.5), interval.Deviation, 1e-12);
        // t of 4 degrees of freedom, from published tables.
        Assert.AreEqual(2.776 * Math.Sqrt(2.5 / 5), interval.HalfWidth, 1e-3);
        Assert.IsTrue(interval.ExcludesZero);
        Assert.IsFalse(Interval.Estimate([-1, 1, 2]).ExcludesZero);
        Assert.IsFalse(Interval.Estimate([3]).ExcludesZero);
    }

    [TestMethod]
    public void Report_counts_the_differences_that_are_left_after_Holm_s_correction()
    {
        ArmResult[][] outcomes = [.. Enumerable.Range(0, 5).Select(seed => new[]
        {
            new ArmResult("teacher forcing", 0.7, 0.6, [0.1, 0.3, 0.5], 0.05, 4, 4.1),
            new ArmResult("adversary", 0.68 - 0.001 * seed, 0.6 + (0.01 * seed - 0.02), [0.1, 0.29 - 0.001 * seed, 0.5], 0.05, 4.03 + 0.001 * seed, 3.9),
        })];

        string[] lines = [.. AblationReport.CreateLines(outcomes)];

        Assert.StartsWith("5 seeds, means", lines[0]);
        StringAssert.Matches(lines[2], new(@"^  adversary +0\.678 +0\.600 +0\.1000 +0\.2880 +0\.5000 +0\.0500 +4\.032 +3\.900$"));
        StringAssert.Matches(lines[4], new(@"^  adversary +judge, AUC +-0\.0220  .* p 0\.\d{4} \*$"));
        Assert.DoesNotEndWith("*", lines[5]);
        Assert.AreEqual("adversary: better in 2 of 7 measures (judge, AUC; JS divergence, 2-grams), worse in 1 of 7 measures (next-word loss, nats)", lines[^1]);
    }

    [TestMethod]
    [FullRun]
    public void Every_arm_is_measured_and_follows_the_seed()
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
        var judgeText = new JudgeText(dataset);
        var one = Ablation.RunSeed(hyperparameters, dataset, judgeText, seed: 3, TextWriter.Null, default);
        var again = Ablation.RunSeed(hyperparameters, dataset, judgeText, seed: 3, TextWriter.Null, default);

        foreach (var (arm, repeated) in one.Zip(again))
        {
            foreach (var (name, value) in ArmResult.Measures)
                Assert.AreEqual(value(arm), value(repeated), $"{arm.Name}: {name}");
        }

        CollectionAssert.AreEqual(AblationArm.All.Select(arm => arm.Name).ToArray(), one.Select(arm => arm.Name).ToArray());
        // Each arm ends elsewhere. A lower temperature lowers the entropy.
        Assert.HasCount(one.Count, one.Select(arm => arm.HeldOutLoss).Distinct());
        Assert.IsLessThan(one[0].Entropy, one[1].Entropy);
    }
}
