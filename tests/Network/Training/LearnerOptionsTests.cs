namespace MlNetNtd.Tests;

/// <summary>Options of a learner that are out of range are refused when the learner is made.</summary>
[TestClass]
public sealed class LearnerOptionsTests
{
    [TestMethod]
    public void Limits_of_each_range_are_accepted()
    {
        foreach (var options in new DiscriminatorLearnerOptions[]
        {
            new(), new() { LearningRate = 0 }, new() { LearningRate = double.Epsilon }, new() { LearningRate = 1e30 }, new() { WeightDecay = 0 }, new() { LearningRate = 1, WeightDecay = 1e38 },
            new() { Beta1 = 0 }, new() { Beta1 = Math.BitDecrement(1.0) }, new() { MaxGradientNorm = null }, new() { MaxGradientNorm = double.MaxValue },
            new() { WarmupSteps = int.MaxValue }, new() { TotalSteps = 0 },
        })
        {
            using var network = Network();
            using var learner = new DiscriminatorLearner(network, options);
            using var scope = TorchSharp.torch.NewDisposeScope();
            learner.Step(TorchSharp.torch.ones(2, 4, 2), null, TorchSharp.torch.tensor(new[] { 1f, 0f }));
        }
    }

    [TestMethod]
    public void Value_out_of_range_is_named_with_the_expected_range()
    {
        foreach (var value in new[] { -1, 1e31, 1e308, double.PositiveInfinity, double.NaN })
            Refused(new() { LearningRate = value }, "LearningRate: expected 0 to 1E+30, found ");
        foreach (var value in new[] { -1, 1e308, double.PositiveInfinity, double.NaN })
            Refused(new() { WeightDecay = value }, "WeightDecay: expected 0 or a positive number, times the learning rate at most 1E+38, found ");
        Refused(new() { LearningRate = 1e30, WeightDecay = 1e9 }, "WeightDecay: ");
        foreach (var value in new[] { -0.1, 1, double.NaN })
            Refused(new() { Beta1 = value }, "Beta1: expected 0 up to but not including 1, found ");
        Refused(new() { LearningRate = 1e30, Beta1 = Math.BitDecrement(1.0) }, "Beta1: ");
        foreach (var value in new[] { -1, double.PositiveInfinity, double.NaN })
            Refused(new() { MaxGradientNorm = value }, "MaxGradientNorm: expected a positive number, or 0 (none), found ");
        Refused(new() { WarmupSteps = -1 }, "WarmupSteps: expected 0 steps or more, found -1");
        Refused(new() { TotalSteps = -1 }, "TotalSteps: expected 0 steps or more, or null, found -1");

        static void Refused(DiscriminatorLearnerOptions options, string problem)
        {
            using var network = Network();
            Assert.AreEqual("options", Expect.Error<ArgumentException>(() => new DiscriminatorLearner(network, options).Dispose(), problem).ParamName);
        }
    }

    private static DiscriminatorNetwork Network() => new(new DiscriminatorConfig { EmbeddingDimension = 2, MaxTokens = 2, ModelDimension = 4, Layers = 1, FeedForwardDimension = 4 });
}
