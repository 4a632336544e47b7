using static TorchSharp.torch;
using Live = MlNetNtd.Tests.Tensors;

namespace MlNetNtd.Tests;

/// <summary>The tensors of a network are freed with it. Live tensors are counted, so no other test runs at the same time.</summary>
[TestClass]
[DoNotParallelize]
public sealed class NetworkLifetimeTests
{
    // Longer than what is attended in managed code: so that there are masks of blocks.
    private const int Tokens = CpuAttention.MaxTokens + 1;

    private static DiscriminatorConfig Shape => new() { EmbeddingDimension = 2, ModelDimension = 2, Heads = 1, MaxTokens = Tokens, FeedForwardDimension = 2, LearnInitialEmbedding = true };

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void Disposed_network_leaves_no_tensor(bool flat)
    {
        var (count, gradients, masks) = (0, 0L, 0L);

        var left = Live.LeftBy(() =>
        {
            var network = new DiscriminatorNetwork(Shape, seed: 1);
            network.eval();
            count = network.parameters().Count();
            gradients = flat ? Live.LeftBy(() => network.Flatten()) : 0;
            masks = Live.LeftBy(() =>
            {
                using var scope = NewDisposeScope();
                network.forward(zeros(1, 2 * Tokens, 2), null);
            });
            network.Dispose();
        });

        Assert.AreEqual(flat ? 2 + count : 0, gradients);
        Assert.IsGreaterThan(0, masks);
        Assert.AreEqual(count * Live.LeftByOneParameter(), left);
    }

    [TestMethod]
    public void Disposed_view_of_flat_parameters_frees_its_tensors()
    {
        using var network = new DiscriminatorNetwork(Shape, seed: 1);
        using var other = new DiscriminatorNetwork(Shape, seed: 1);
        var flat = network.Flatten();
        FlatParameters? shared = null;

        var made = Live.LeftBy(() => shared = FlatParameters.CreateView(other, flat));
        var freed = Live.LeftBy(() => shared!.Dispose());

        Assert.AreEqual(2 + network.parameters().Count(), made);
        Assert.AreEqual(-made, freed);
        Assert.IsFalse(flat.Values.IsInvalid);
    }
}
