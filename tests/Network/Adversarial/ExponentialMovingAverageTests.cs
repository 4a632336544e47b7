using TorchSharp;
using static MlNetNtd.Tests.AdversarialSamples;
using static TorchSharp.torch;

namespace MlNetNtd.Tests;

/// <summary>The exponential moving average of a module's weights.</summary>
[TestClass]
public sealed class ExponentialMovingAverageTests
{
    [TestMethod]
    public void Average_follows_the_decay()
    {
        using var network = Network();
        using var average = new ExponentialMovingAverage(network, decay: 0.15);
        Fill(network, 1);
        average.Update();
        var first = Mean(average, network);
        Fill(network, 2);
        average.Update();

        // The first step keeps a tenth of what was there before, the second 0.15, which is less than 2 / 11.
        var before = Weights(Network())["head.weight"][0];
        Assert.AreEqual(0.1 * before + 0.9, first, 1e-5);
        Assert.AreEqual(0.15 * first + 0.85 * 2, Mean(average, network), 1e-5);
        Assert.AreEqual(2, average.Steps);
    }

    [TestMethod]
    public void Early_steps_decay_faster()
    {
        using var network = Network();
        using var average = new ExponentialMovingAverage(network, decay: 0.999);
        double expected = Mean(average, network);
        Fill(network, 1);
        for (var step = 0; step < 30; step++)
        {
            average.Update();
            var kept = (1.0 + step) / (10 + step);
            expected = kept * expected + 1 - kept;
            Assert.AreEqual(expected, Mean(average, network), 1e-5, $"step {step}");
        }
    }

    [TestMethod]
    public void Decay_of_zero_equals_the_weights()
    {
        using var network = Network();
        using var average = new ExponentialMovingAverage(network, decay: 0);
        Fill(network, 3);
        average.Update();

        Assert.AreEqual(3, Mean(average, network));
    }

    [TestMethod]
    public void Swap_restores_the_original_weights_bit_for_bit()
    {
        using var network = Network();
        using var average = new ExponentialMovingAverage(network);
        Fill(network, 1);
        average.Update();
        var own = Weights(network);
        using (NewDisposeScope())
        {
            using (average.Swap())
                CollectionAssert.AreNotEqual(own["head.weight"], Weights(network)["head.weight"]);
        }

        Expect.SameWeights(own, Weights(network));
        Assert.IsTrue(network.parameters().All(parameter => parameter.requires_grad));
    }

    [TestMethod]
    public void Average_can_be_copied_to_another_module_of_the_same_parameters()
    {
        using var network = Network();
        using var other = Network();
        using var average = new ExponentialMovingAverage(network);
        Fill(network, 1);
        average.Update();
        average.CopyTo(other);

        using (average.Swap())
            Expect.SameWeights(Weights(network), Weights(other));
        using var narrow = new DiscriminatorNetwork(new DiscriminatorConfig { EmbeddingDimension = 2, MaxTokens = 2 });
        Expect.Error<ArgumentException>(() => average.CopyTo(narrow), "parameters");
    }

    [TestMethod]
    public void Decay_out_of_range_is_refused()
    {
        using var network = Network();
        foreach (var decay in new[] { -0.1, 1, double.NaN })
            Expect.Error<ArgumentOutOfRangeException>(() => new ExponentialMovingAverage(network, decay).Dispose(), "decay");
    }

    /// <summary>In the module's own type a step's share of a weight would be rounded away: the mean stayed at 1.</summary>
    [TestMethod]
    [DataRow(ScalarType.Float32)]
    [DataRow(ScalarType.BFloat16)]
    [DataRow(ScalarType.Float16)]
    public void Average_of_half_precision_weights_follows_the_decay(ScalarType type)
    {
        using var module = nn.Linear(1, 1).to(type);
        Fill(module, 1);
        using var average = new ExponentialMovingAverage(module, decay: 0.999);
        for (var step = 0; step < 1_000; step++)
            average.Update();
        Fill(module, 2);
        var expected = 1.0;
        for (var step = 1_000; step < 2_000; step++)
        {
            average.Update();
            expected += (2 - expected) * 9 / (10.0 + step);
        }

        using var use = average.Swap();
        using var found = module.parameters().First().to(ScalarType.Float32);
        // Half precision is as fine as the module can tell.
        Assert.AreEqual(expected, found.data<float>()[0], 1e-2);
        Assert.IsTrue(module.parameters().All(parameter => parameter.dtype == type));
    }

    [TestMethod]
    public void Average_works_in_inference_mode_and_outside()
    {
        using var network = Network();
        ExponentialMovingAverage average;
        using (inference_mode())
            average = new ExponentialMovingAverage(network, decay: 0);
        Fill(network, 3);
        average.Update();
        IDisposable use;
        using (inference_mode())
            use = average.Swap();
        use.Dispose();

        Assert.AreEqual(3, Mean(average, network));
        average.Dispose();
    }

    [TestMethod]
    public void Module_moved_after_creation_is_refused()
    {
        using var network = Network();
        using var linear = nn.Linear(2, 2);
        foreach (var module in new nn.Module[] { network, linear })
        {
            using var average = new ExponentialMovingAverage(module);
            average.Update();
            module.to(ScalarType.Float64);

            Expect.Error<InvalidOperationException>(average.Update, "module", "moved");
            Expect.Error<InvalidOperationException>(() => average.Swap().Dispose(), "module", "moved");
            Assert.AreEqual(1, average.Steps);
            // Another module may be given the mean, this one's new parameters too.
            average.CopyTo(module);
        }
    }

    /// <summary>One update with such weights, and the mean is lost: that is said before it takes the place of others.</summary>
    [TestMethod]
    public void Non_finite_average_is_refused()
    {
        using var network = Network();
        using var average = new ExponentialMovingAverage(network);
        Fill(network, float.NaN);
        average.Update();
        Fill(network, 1);
        average.Update();

        Expect.Error<InvalidOperationException>(() => average.Swap().Dispose(), "finite weights at each update", "after 2 updates");
        Expect.Error<InvalidOperationException>(() => average.CopyTo(network), "the mean of '");
        Assert.AreEqual(1, Weights(network)["head.weight"][0]);
    }

    private static void Fill(nn.Module module, float value)
    {
        using var quiet = no_grad();
        foreach (var parameter in module.parameters())
            parameter.fill_(value);
    }

    private static float Mean(ExponentialMovingAverage average, DiscriminatorNetwork network)
    {
        using var use = average.Swap();
        return Weights(network)["head.weight"][0];
    }
}
