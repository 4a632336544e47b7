using FsCheck;
using FsCheck.Fluent;
using Microsoft.ML;
using MlNetNtd.Tests;

namespace MlNetNtd.Discriminator.Tests;

/// <summary>Any sizes within their ranges make a network: what does not fit together is rounded, as the options say.</summary>
[TestClass]
public sealed class ShapeTests
{
    private static Gen<(int C, int? Width, int? Heads, int? Inner)> Cases =>
        from c in Gen.Choose(1, 130)
        from width in Gen.Choose(0, 130)
        from heads in Gen.Choose(0, 20)
        from inner in Gen.Choose(0, 40)
        select (c, width == 0 ? null : (int?)width, heads == 0 ? null : (int?)heads, inner == 0 ? null : (int?)inner);

    [TestMethod]
    public void Heads_divide_the_width_and_no_width_is_smaller_than_asked() => Properties.Hold(Cases, one =>
    {
        var shape = Shape(one).Settle();

        Assert.IsNull(shape.FindProblem());
        Assert.AreEqual(0, shape.ModelDimension % shape.Heads);
        Assert.IsTrue(one.Heads is null || one.Heads == shape.Heads);
        var least = one.Width ?? Math.Max(one.C, DiscriminatorShape.DefaultModelDimension);
        Assert.IsTrue(shape.ModelDimension >= least && shape.ModelDimension < least + (one.Heads ?? DiscriminatorShape.DefaultHeads));
        Assert.AreEqual(shape, shape.Settle());
    }, count: 1000);

    [TestMethod]
    public void Every_one_of_them_scores() => Properties.Hold(Cases, one =>
    {
        using var scope = TorchSharp.torch.NewDisposeScope();
        using var network = new DiscriminatorNetwork(Shape(one));
        Assert.AreEqual(3, network.forward(TorchSharp.torch.zeros(2, 6, one.C), null).shape[1]);
    }, count: 30);

    [TestMethod]
    [DataRow(4, null, null, 64, 4)]
    [DataRow(64, null, null, 64, 4)]
    [DataRow(65, null, null, 68, 4)]
    [DataRow(300, null, 7, 301, 7)]
    [DataRow(4, 8, 3, 9, 3)]
    [DataRow(4, 6, null, 6, 3)]
    [DataRow(4, 7, null, 7, 1)]
    public void Widths_are_rounded_up_to_a_multiple_of_the_heads(int c, int? width, int? heads, int expectedWidth, int expectedHeads)
    {
        var shape = Shape((c, width, heads, null)).Settle();

        Assert.AreEqual((expectedWidth, expectedHeads), (shape.ModelDimension, shape.Heads));
    }

    [TestMethod]
    public void The_log_says_that_a_width_was_rounded()
    {
        var context = new MLContext(seed: 1);
        var lines = new List<string>();
        context.Log += (_, e) => lines.Add(e.Message);

        using var scorer = Trainers.Fit(context, options => (options.ModelDimension, options.Heads) = (8, 3));

        Assert.AreEqual(9, scorer.Shape.ModelDimension);
        Assert.IsTrue(lines.Any(line => line.Contains("ModelDimension: 8 is no multiple of 3 heads (Heads); the network is 9 wide", StringComparison.Ordinal)));
    }

    [TestMethod]
    public void A_network_without_a_projection_is_as_wide_as_its_embeddings()
    {
        using var network = new DiscriminatorNetwork(Shape((6, null, null, null)) with { InputProjection = false });
        Assert.AreEqual((6, 3), (network.Shape.ModelDimension, network.Shape.Heads));
        Assert.IsFalse(network.named_parameters().Any(entry => entry.name.StartsWith("input_projection", StringComparison.Ordinal)));

        var error = Assert.ThrowsExactly<ArgumentException>(
            () => _ = new DiscriminatorNetwork(Shape((6, 8, null, null)) with { InputProjection = false }));
        Assert.Contains("InputProjection: expected a width of 6 (C) where there is none, found 8", error.Message);
    }

    private static DiscriminatorShape Shape((int C, int? Width, int? Heads, int? Inner) one) => new()
    {
        EmbeddingDimension = one.C,
        MaxTokens = 3,
        ModelDimension = one.Width,
        Heads = one.Heads,
        Layers = 1,
        FeedForwardDimension = one.Inner,
    };
}
