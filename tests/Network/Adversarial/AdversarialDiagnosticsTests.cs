using static MlNetNtd.Tests.AdversarialSamples;
using static TorchSharp.torch;

namespace MlNetNtd.Tests;

/// <summary>The running figures and warnings of adversarial training.</summary>
[TestClass]
public sealed class AdversarialDiagnosticsTests
{
    [TestMethod]
    public void First_step_sets_every_figure()
    {
        var balance = new AdversarialDiagnostics();
        balance.AddDiscriminator(0.6, 2, [3, 1], [2, -4]);

        Assert.AreEqual(1, balance.Steps);
        Assert.AreEqual(0.6, balance.DiscriminatorLoss);
        Assert.AreEqual(2, balance.Penalty);
        Assert.AreEqual(2, balance.RealScore);
        Assert.AreEqual(-1, balance.GeneratedScore);
        // Of four pairs the true one is above in three.
        Assert.AreEqual(0.75, balance.AreaUnderRocCurve);
    }

    [TestMethod]
    public void Means_average_all_steps_at_first_and_recent_steps_later()
    {
        var balance = new AdversarialDiagnostics();
        balance.AddDiscriminator(1, 0, [0], [0]);
        balance.AddDiscriminator(2, 0, [0], [0]);
        Assert.AreEqual(1.5, balance.DiscriminatorLoss, 1e-12);

        for (var i = 0; i < 500; i++)
            balance.AddDiscriminator(5, 0, [0], [0]);
        Assert.AreEqual(5, balance.DiscriminatorLoss, 1e-3);
    }

    [TestMethod]
    [DataRow(1f, -1f, 1f, AdversarialWarning.DiscriminatorWins)]
    [DataRow(0f, 0f, 1f, AdversarialWarning.NothingLearned)]
    [DataRow(null, null, 0.05f, AdversarialWarning.Collapse)]
    [DataRow(null, null, 1f, AdversarialWarning.None)]
    public void Warning_appears_after_a_window_of_steps(float? truth, float? falsehood, float spread, AdversarialWarning expected)
    {
        using var scope = NewDisposeScope();
        var balance = new AdversarialDiagnostics();
        for (var i = 0; i < AdversarialDiagnostics.WindowSteps; i++)
        {
            Assert.AreEqual(AdversarialWarning.None, balance.Warning);
            // Where neither wins: three of four pairs.
            balance.AddDiscriminator(0.6, 0, truth is { } t ? [t] : [3, 1], falsehood is { } f ? [f] : [2, -4]);
            balance.AddDiversity(Candidates(8, i), Candidates(8, 100 + i).mul(spread));
        }

        Assert.AreEqual(expected, balance.Warning);
    }

    /// <summary>In half precision their squares would be 0, or infinite.</summary>
    [TestMethod]
    [DataRow(1e-5)]
    [DataRow(1e4)]
    public void Diversity_is_measured_for_candidates_in_half_precision(double scale)
    {
        using var scope = NewDisposeScope();
        var balance = new AdversarialDiagnostics();
        var candidates = Candidates(8, 1).mul(scale);

        balance.AddDiversity(candidates.to(ScalarType.Float16), candidates.mul(0.5).to(ScalarType.Float16));

        Assert.AreEqual(0.5, balance.DiversityRatio, 0.02);
    }

    [TestMethod]
    public void Non_finite_step_warns_for_a_window_of_steps()
    {
        var balance = new AdversarialDiagnostics();
        balance.AddNonFinite();
        for (var i = 0; i < AdversarialDiagnostics.WindowSteps; i++)
        {
            Assert.AreEqual(AdversarialWarning.NonFinite, balance.Warning);
            balance.AddDiscriminator(0.6, 0, [3, 1], [2, -4]);
        }

        Assert.AreEqual(AdversarialWarning.None, balance.Warning);
        Assert.AreEqual((1, AdversarialDiagnostics.WindowSteps), (balance.NonFiniteSteps, balance.Steps));
    }

    [TestMethod]
    public void Moving_mean_decays_over_the_window()
    {
        var balance = new AdversarialDiagnostics();
        for (var i = 0; i < 2 * AdversarialDiagnostics.WindowSteps; i++)
            balance.AddDiscriminator(0, 0, [0], [0]);
        balance.AddDiscriminator(AdversarialDiagnostics.WindowSteps, 0, [0], [0]);

        Assert.AreEqual(1, balance.DiscriminatorLoss, 1e-12);
    }

    [TestMethod]
    public void Best_AUC_is_kept_from_the_first_full_window()
    {
        var balance = new AdversarialDiagnostics();
        for (var step = 1; step <= 4 * AdversarialDiagnostics.WindowSteps; step++)
        {
            // Three of four pairs to begin with, then one of two.
            balance.AddDiscriminator(0.6, 0, [3, 1], step <= AdversarialDiagnostics.WindowSteps ? [2, -4] : [2, 2]);
            Assert.AreEqual(step < AdversarialDiagnostics.WindowSteps ? double.NaN : 0.75, balance.BestAreaUnderRocCurve);
        }

        Assert.IsLessThan(0.52, balance.AreaUnderRocCurve);
        Assert.AreEqual(AdversarialWarning.None, balance.Warning, "Something was learned once.");
        for (var step = 0; step < AdversarialDiagnostics.WindowSteps; step++)
            balance.AddDiscriminator(0.6, 0, [3, 1], [-4]);
        Assert.IsGreaterThan(0.8, balance.BestAreaUnderRocCurve);
        Assert.AreEqual(balance.AreaUnderRocCurve, balance.BestAreaUnderRocCurve);
    }

    /// <summary>Where the line is drawn nothing is wrong yet.</summary>
    [TestMethod]
    [DataRow(50, 49, AdversarialWarning.None)]
    [DataRow(100, 99, AdversarialWarning.DiscriminatorWins)]
    [DataRow(25, 13, AdversarialWarning.None)]
    [DataRow(25, 12, AdversarialWarning.NothingLearned)]
    public void Warning_follows_from_the_fraction_of_correctly_ordered_pairs(int truths, int above, AdversarialWarning expected)
    {
        var balance = new AdversarialDiagnostics();
        for (var i = 0; i < AdversarialDiagnostics.WindowSteps; i++)
            balance.AddDiscriminator(0.6, 0, [.. Enumerable.Range(0, truths).Select(row => row < above ? 1f : -1f)], [0]);

        Assert.AreEqual(expected, balance.Warning);
    }

    [TestMethod]
    public void Diversity_of_one_row_is_undefined()
    {
        using var scope = NewDisposeScope();
        var balance = new AdversarialDiagnostics();
        balance.AddDiversity(Candidates(1, seed: 1), Candidates(8, seed: 2));
        balance.AddDiversity(Candidates(8, seed: 1), Candidates(1, seed: 2));
        Assert.IsTrue(double.IsNaN(balance.DiversityRatio));

        balance.AddDiversity(Candidates(2, seed: 1), Candidates(2, seed: 1));
        Assert.AreEqual(1, balance.DiversityRatio, 1e-12);
    }

    [TestMethod]
    public void Diversity_is_that_of_the_worst_dimension()
    {
        using var scope = NewDisposeScope();
        var balance = new AdversarialDiagnostics();
        Assert.IsTrue(double.IsNaN(balance.DiversityRatio));
        var candidates = Candidates(8, seed: 1);
        // The last dimension never changes in true rows: nothing can be said of it.
        var factors = tensor(new float[] { 1, 1, 0.5f, 1, 1, 1 });
        var constant = tensor(new float[] { 1, 1, 1, 1, 1, 0 });
        balance.AddDiversity(candidates.mul(constant), candidates.mul(factors));

        Assert.AreEqual(0.5, balance.DiversityRatio, 1e-5);
        // Nor where it never changes in false ones either.
        balance = new AdversarialDiagnostics();
        balance.AddDiversity(candidates.mul(constant), candidates.mul(factors).mul(constant));
        Assert.AreEqual(0.5, balance.DiversityRatio, 1e-5);
    }

    [TestMethod]
    public void Adversarial_trainer_updates_its_diagnostics()
    {
        using var scope = NewDisposeScope();
        using var network = Network();
        using var learner = new DiscriminatorLearner(network);
        using var round = new AdversarialTrainer(network, learner);
        var (truths, falsehoods) = (Sequences(4, seed: 1), Sequences(4, seed: 2));
        var (trueScore, falseScore) = (round.Score(truths).mean().item<float>(), round.Score(falsehoods).mean().item<float>());

        var loss = round.StepDiscriminator(truths, falsehoods);
        var generatorLoss = round.GeneratorLoss(falsehoods).item<float>();

        Assert.AreEqual(1, round.Diagnostics.Steps);
        Assert.AreEqual(loss, round.Diagnostics.DiscriminatorLoss);
        Assert.AreEqual(generatorLoss, round.Diagnostics.GeneratorLoss);
        Assert.AreEqual(trueScore, round.Diagnostics.RealScore, 1e-5);
        Assert.AreEqual(falseScore, round.Diagnostics.GeneratedScore, 1e-5);
        Assert.IsGreaterThan(0, round.Diagnostics.DiversityRatio);
    }
}
