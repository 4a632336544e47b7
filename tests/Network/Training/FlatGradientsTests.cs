using TorchSharp;
using static TorchSharp.torch;

namespace MlNetNtd.Tests;

/// <summary>The gradients of all weights as one tensor, and its views.</summary>
[TestClass]
public sealed class FlatGradientsTests
{
    private static DiscriminatorConfig Shape => new() { EmbeddingDimension = 6, ModelDimension = 8, MaxTokens = 5, Dropout = 0, Layers = 1 };

    [TestMethod]
    [DataRow(0)]
    [DataRow(7)]
    [DataRow(-1)]
    public void Largest_gradient_is_found_with_its_norm(int place)
    {
        using var scope = NewDisposeScope();
        using var network = new DiscriminatorNetwork(Shape, seed: 1);
        var (flat, gradients) = Gradients(network);
        place = place < 0 ? gradients.Length - 1 : place;
        gradients[place].fill_(-100f);

        var (found, norm) = flat.FindLargestGradient();

        Assert.AreEqual(place, found);
        Assert.AreEqual(100 * MathF.Sqrt(gradients[place].numel()), norm, 1e-2f);
    }

    /// <summary>The first of them, however large another is.</summary>
    [TestMethod]
    [DataRow(0, float.NaN)]
    [DataRow(0, float.PositiveInfinity)]
    [DataRow(7, float.NaN)]
    [DataRow(7, float.NegativeInfinity)]
    [DataRow(-1, float.NaN)]
    [DataRow(-1, float.PositiveInfinity)]
    public void Non_finite_gradient_counts_as_the_largest(int place, float value)
    {
        using var scope = NewDisposeScope();
        using var network = new DiscriminatorNetwork(Shape, seed: 1);
        var (flat, gradients) = Gradients(network);
        place = place < 0 ? gradients.Length - 1 : place;
        gradients[3].fill_(1e6f);
        gradients[place].view(-1).narrow(0, 0, 1).fill_(value);
        gradients[^1].fill_(value);

        var (found, norm) = flat.FindLargestGradient();

        Assert.AreEqual(place, found);
        Assert.IsFalse(float.IsFinite(norm));
    }

    [TestMethod]
    public void FreezeAs_freezes_the_same_parameters_and_no_others()
    {
        using var scope = NewDisposeScope();
        using var network = new DiscriminatorNetwork(Shape, seed: 1);
        using var other = new DiscriminatorNetwork(Shape, seed: 2);
        var flat = network.Flatten();
        using var shared = FlatParameters.CreateView(other, flat);
        network.get_parameter("head.weight")!.requires_grad = false;
        other.get_parameter("position_embedding")!.requires_grad = false;

        shared.FreezeAs(flat);

        foreach (var (name, parameter) in other.named_parameters())
            Assert.AreEqual(name != "head.weight", parameter.requires_grad, name);
    }

    [TestMethod]
    public void View_shares_weights_and_has_its_own_gradients()
    {
        using var scope = NewDisposeScope();
        using var network = new DiscriminatorNetwork(Shape, seed: 1);
        using var other = new DiscriminatorNetwork(Shape, seed: 2);
        var flat = network.Flatten();
        using var shared = FlatParameters.CreateView(other, flat);
        flat.Gradients.zero_();
        shared.Gradients.fill_(1f);

        using (no_grad())
            network.get_parameter("head.bias")!.fill_(3f);

        Assert.AreEqual(3f, other.get_parameter("head.bias")!.item<float>());
        Assert.AreEqual(0f, flat.Gradients.abs().max().item<float>());
    }

    /// <summary>Of all parameters, those of the head are others now.</summary>
    [TestMethod]
    public void Network_with_a_moved_parameter_is_flattened_again()
    {
        using var scope = NewDisposeScope();
        using var network = new DiscriminatorNetwork(Shape, seed: 1);
        var earlier = network.Flatten();
        Assert.AreSame(earlier, network.Flatten());
        var head = network.named_children().Single(entry => entry.name == "head").module;
        head.to(ScalarType.Float64);
        head.to(ScalarType.Float32);

        var now = network.Flatten();

        Assert.AreNotSame(earlier, now);
        Assert.IsTrue(earlier.Values.IsInvalid, "What was made before is freed.");
        using (no_grad())
            now.Values.fill_(2f);
        Assert.IsTrue(network.parameters().All(parameter => parameter.eq(2f).all().item<bool>()));
    }

    // Ones, but of the first: all norms are above 0.
    private static (FlatParameters Flat, Tensor[] Gradients) Gradients(DiscriminatorNetwork network)
    {
        var flat = network.Flatten();
        flat.Clear();
        flat.Gradients.fill_(1f);
        return (flat, [.. network.parameters().Select(parameter => parameter.grad!)]);
    }
}
