using static TorchSharp.torch;

namespace MlNetNtd.Tests;

/// <summary>The loss of a discriminator step for known logits.</summary>
[TestClass]
public sealed class DiscriminatorStepLossTests
{
    // Two true rows, one false one, of two tokens each; the last token of the second row is padding where there is any.
    private static readonly float[] True = [1, 2, 3, 4];
    private static readonly float[] False = [-1, 5];
    private static readonly float[] Real = [1, 1, 1, 0, 1, 1];

    [TestMethod]
    public void Default_loss_is_the_cross_entropy_of_real_and_generated_tokens()
    {
        using var scope = NewDisposeScope();
        var turn = new DiscriminatorStepLoss(new AdversarialOptions(), realRows: 2, generatedRows: 1);

        var loss = turn.Loss(Logits(True, False), null).item<float>();

        var expected = (Softplus(-1) + Softplus(-2) + Softplus(-3) + Softplus(-4) + Softplus(-1) + Softplus(5)) / 6;
        Assert.AreEqual(expected, loss, 1e-6);
        Assert.AreEqual(expected, turn.CrossEntropy, 1e-6);
        Assert.AreEqual((0L, 0.0), (turn.PenalizedRows, turn.SquaredGradient));
        CollectionAssert.AreEqual(True, turn.RealScores.ToArray());
        CollectionAssert.AreEqual(False, turn.GeneratedScores.ToArray());
    }

    [TestMethod]
    public void Padding_adds_no_score_and_no_loss()
    {
        using var scope = NewDisposeScope();
        var turn = new DiscriminatorStepLoss(new AdversarialOptions(), realRows: 2, generatedRows: 1);

        var loss = turn.Loss(Logits(True, False), Logits(Real)).item<float>();

        Assert.AreEqual((Softplus(-1) + Softplus(-2) + Softplus(-3) + Softplus(-1) + Softplus(5)) / 5, loss, 1e-6);
        CollectionAssert.AreEqual(new float[] { 1, 2, 3 }, turn.RealScores.ToArray());
        CollectionAssert.AreEqual(False, turn.GeneratedScores.ToArray());
    }

    [TestMethod]
    [DataRow(false, false)]
    [DataRow(false, true)]
    [DataRow(true, false)]
    [DataRow(true, true)]
    public void Penalty_adds_half_the_weighted_squared_gradient(bool penalizeFalse, bool padded)
    {
        using var scope = NewDisposeScope();
        var options = new AdversarialOptions { GradientPenalty = 3, GradientPenaltyStep = 0.1, PenalizeGenerated = penalizeFalse };
        var turn = new DiscriminatorStepLoss(options, realRows: 2, generatedRows: 1);
        // How far each logit changes, the padding's too.
        float[] changes = [0.1f, 0.2f, -0.3f, 9, 0.4f, -0.5f];
        Assert.AreEqual(penalizeFalse ? 3 : 2, turn.PenalizedRows);
        var felt = changes[..(int)(2 * turn.PenalizedRows)];
        var disturbed = felt.Zip([.. True, .. False], (change, logit) => logit + change).ToArray();

        var loss = turn.Loss(Logits(True, False, disturbed), padded ? Logits(Real) : null).item<float>();

        var expected = felt.Where((_, i) => !padded || Real[i] != 0).Average(change => change * change / 0.01);
        Assert.AreEqual(expected, turn.SquaredGradient, 1e-4 * expected);
        Assert.AreEqual(turn.CrossEntropy + 1.5 * expected, loss, 1e-4 * expected);
    }

    private static Tensor Logits(params float[][] rows) => tensor(rows.SelectMany(row => row).ToArray()).reshape(-1, 2);

    private static double Softplus(double value) => Math.Log(1 + Math.Exp(value));
}
