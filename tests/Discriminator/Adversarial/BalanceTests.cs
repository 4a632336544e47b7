using static MlNetNtd.Discriminator.Tests.AdversarialSamples;
using static TorchSharp.torch;

namespace MlNetNtd.Discriminator.Tests;

/// <summary>What the balance says of the two sides.</summary>
[TestClass]
public sealed class BalanceTests
{
    [TestMethod]
    public void One_step_is_summed_up()
    {
        var balance = new AdversarialBalance();
        balance.AddDiscriminator(0.6, 2, [3, 1], [2, -4]);

        Assert.AreEqual(1, balance.Steps);
        Assert.AreEqual(0.6, balance.DiscriminatorLoss);
        Assert.AreEqual(2, balance.Penalty);
        Assert.AreEqual(2, balance.TrueScore);
        Assert.AreEqual(-1, balance.FalseScore);
        // Of four pairs the true one is above in three.
        Assert.AreEqual(0.75, balance.Auc);
    }

    [TestMethod]
    public void Means_are_of_all_steps_to_begin_with_and_forget_later()
    {
        var balance = new AdversarialBalance();
        balance.AddDiscriminator(1, 0, [0], [0]);
        balance.AddDiscriminator(2, 0, [0], [0]);
        Assert.AreEqual(1.5, balance.DiscriminatorLoss, 1e-12);

        for (var i = 0; i < 500; i++)
            balance.AddDiscriminator(5, 0, [0], [0]);
        Assert.AreEqual(5, balance.DiscriminatorLoss, 1e-3);
    }

    [TestMethod]
    [DataRow(1f, -1f, 1f, AdversarialSign.DiscriminatorWins)]
    [DataRow(0f, 0f, 1f, AdversarialSign.NothingLearned)]
    [DataRow(null, null, 0.05f, AdversarialSign.Collapse)]
    [DataRow(null, null, 1f, AdversarialSign.None)]
    public void Signs_are_told_after_enough_steps(float? truth, float? falsehood, float spread, AdversarialSign expected)
    {
        using var scope = NewDisposeScope();
        var balance = new AdversarialBalance();
        for (var i = 0; i < AdversarialBalance.StepsToTell; i++)
        {
            Assert.AreEqual(AdversarialSign.None, balance.Sign);
            // Where neither wins: three of four pairs.
            balance.AddDiscriminator(0.6, 0, truth is { } t ? [t] : [3, 1], falsehood is { } f ? [f] : [2, -4]);
            balance.AddSpread(Candidates(8, i), Candidates(8, 100 + i).mul(spread));
        }

        Assert.AreEqual(expected, balance.Sign);
    }

    /// <summary>In half precision their squares would be 0, or infinite.</summary>
    [TestMethod]
    [DataRow(1e-5)]
    [DataRow(1e4)]
    public void Spread_is_that_of_candidates_in_half_precision_too(double scale)
    {
        using var scope = NewDisposeScope();
        var balance = new AdversarialBalance();
        var candidates = Candidates(8, 1).mul(scale);

        balance.AddSpread(candidates.to(ScalarType.Float16), candidates.mul(0.5).to(ScalarType.Float16));

        Assert.AreEqual(0.5, balance.Spread, 0.02);
    }

    [TestMethod]
    public void A_step_that_is_no_number_is_a_sign_for_as_many_steps_as_it_takes_to_tell()
    {
        var balance = new AdversarialBalance();
        balance.AddNonFinite();
        for (var i = 0; i < AdversarialBalance.StepsToTell; i++)
        {
            Assert.AreEqual(AdversarialSign.NonFinite, balance.Sign);
            balance.AddDiscriminator(0.6, 0, [3, 1], [2, -4]);
        }

        Assert.AreEqual(AdversarialSign.None, balance.Sign);
        Assert.AreEqual((1, AdversarialBalance.StepsToTell), (balance.NonFiniteSteps, balance.Steps));
    }

    [TestMethod]
    public void A_mean_forgets_as_fast_as_it_takes_to_tell()
    {
        var balance = new AdversarialBalance();
        for (var i = 0; i < 2 * AdversarialBalance.StepsToTell; i++)
            balance.AddDiscriminator(0, 0, [0], [0]);
        balance.AddDiscriminator(AdversarialBalance.StepsToTell, 0, [0], [0]);

        Assert.AreEqual(1, balance.DiscriminatorLoss, 1e-12);
    }

    [TestMethod]
    public void The_best_is_kept_from_when_there_is_something_to_tell()
    {
        var balance = new AdversarialBalance();
        for (var step = 1; step <= 4 * AdversarialBalance.StepsToTell; step++)
        {
            // Three of four pairs to begin with, then one of two.
            balance.AddDiscriminator(0.6, 0, [3, 1], step <= AdversarialBalance.StepsToTell ? [2, -4] : [2, 2]);
            Assert.AreEqual(step < AdversarialBalance.StepsToTell ? double.NaN : 0.75, balance.BestAuc);
        }

        Assert.IsLessThan(0.52, balance.Auc);
        Assert.AreEqual(AdversarialSign.None, balance.Sign, "Something was learned once.");
        for (var step = 0; step < AdversarialBalance.StepsToTell; step++)
            balance.AddDiscriminator(0.6, 0, [3, 1], [-4]);
        Assert.IsGreaterThan(0.8, balance.BestAuc);
        Assert.AreEqual(balance.Auc, balance.BestAuc);
    }

    /// <summary>Where the line is drawn nothing is wrong yet.</summary>
    [TestMethod]
    [DataRow(50, 49, AdversarialSign.None)]
    [DataRow(100, 99, AdversarialSign.DiscriminatorWins)]
    [DataRow(25, 13, AdversarialSign.None)]
    [DataRow(25, 12, AdversarialSign.NothingLearned)]
    public void The_winner_is_never_wrong_and_the_guesser_as_often_as_not(int truths, int above, AdversarialSign expected)
    {
        var balance = new AdversarialBalance();
        for (var i = 0; i < AdversarialBalance.StepsToTell; i++)
            balance.AddDiscriminator(0.6, 0, [.. Enumerable.Range(0, truths).Select(row => row < above ? 1f : -1f)], [0]);

        Assert.AreEqual(expected, balance.Sign);
    }

    [TestMethod]
    public void One_row_says_nothing_of_spread()
    {
        using var scope = NewDisposeScope();
        var balance = new AdversarialBalance();
        balance.AddSpread(Candidates(1, seed: 1), Candidates(8, seed: 2));
        balance.AddSpread(Candidates(8, seed: 1), Candidates(1, seed: 2));
        Assert.IsTrue(double.IsNaN(balance.Spread));

        balance.AddSpread(Candidates(2, seed: 1), Candidates(2, seed: 1));
        Assert.AreEqual(1, balance.Spread, 1e-12);
    }

    [TestMethod]
    public void Spread_is_that_of_the_dimension_that_is_worst()
    {
        using var scope = NewDisposeScope();
        var balance = new AdversarialBalance();
        Assert.IsTrue(double.IsNaN(balance.Spread));
        var candidates = Candidates(8, seed: 1);
        // The last dimension never changes in true rows: nothing can be said of it.
        var factors = tensor(new float[] { 1, 1, 0.5f, 1, 1, 1 });
        var constant = tensor(new float[] { 1, 1, 1, 1, 1, 0 });
        balance.AddSpread(candidates.mul(constant), candidates.mul(factors));

        Assert.AreEqual(0.5, balance.Spread, 1e-5);
        // Nor where it never changes in false ones either.
        balance = new AdversarialBalance();
        balance.AddSpread(candidates.mul(constant), candidates.mul(factors).mul(constant));
        Assert.AreEqual(0.5, balance.Spread, 1e-5);
    }

    [TestMethod]
    public void A_round_keeps_it()
    {
        using var scope = NewDisposeScope();
        using var network = Network();
        using var learner = new DiscriminatorLearner(network);
        using var round = new AdversarialRound(network, learner);
        var (truths, falsehoods) = (Sequences(4, seed: 1), Sequences(4, seed: 2));
        var (trueScore, falseScore) = (round.Judge(truths).mean().item<float>(), round.Judge(falsehoods).mean().item<float>());

        var loss = round.StepDiscriminator(truths, falsehoods);
        var generatorLoss = round.GeneratorLoss(falsehoods).item<float>();

        Assert.AreEqual(1, round.Balance.Steps);
        Assert.AreEqual(loss, round.Balance.DiscriminatorLoss);
        Assert.AreEqual(generatorLoss, round.Balance.GeneratorLoss);
        Assert.AreEqual(trueScore, round.Balance.TrueScore, 1e-5);
        Assert.AreEqual(falseScore, round.Balance.FalseScore, 1e-5);
        Assert.IsGreaterThan(0, round.Balance.Spread);
    }
}
