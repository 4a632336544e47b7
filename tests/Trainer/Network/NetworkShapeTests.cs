using FsCheck;
using FsCheck.Fluent;
using Microsoft.ML;

namespace MlNetNtd.Tests;

/// <summary>All sizes within their ranges make a network; sizes that do not fit are rounded as the options say.</summary>
[TestClass]
public sealed class NetworkShapeTests
{
    private static Gen<(int C, int? Width, int? Heads, int? Inner)> Cases =>
        from c in Gen.Choose(1, 130)
        from width in Gen.Choose(0, 130)
        from heads in Gen.Choose(0, 20)
        from inner in Gen.Choose(0, 40)
        select (c, width == 0 ? null : (int?)width, heads == 0 ? null : (int?)heads, inner == 0 ? null : (int?)inner);

    [TestMethod]
    public void Heads_divide_the_width_and_no_width_is_smaller_than_requested() => Property.Check(Cases, one =>
    {
        var shape = Shape(one).Resolve();

        Assert.IsNull(shape.FindProblem());
        Assert.AreEqual(0, shape.ModelDimension % shape.Heads);
        Assert.IsTrue(one.Heads is null || one.Heads == shape.Heads);
        var least = one.Width ?? Math.Max(one.C, DiscriminatorConfig.DefaultModelDimension);
        Assert.IsTrue(shape.ModelDimension >= least && shape.ModelDimension < least + (one.Heads ?? DiscriminatorConfig.DefaultHeads));
        Assert.AreEqual(shape, shape.Resolve());
    }, count: 1000);

    [TestMethod]
    public void Network_of_every_shape_scores() => Property.Check(Cases, one =>
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
        var shape = Shape((c, width, heads, null)).Resolve();

        Assert.AreEqual((expectedWidth, expectedHeads), (shape.ModelDimension, shape.Heads));
    }

    [TestMethod]
    public void Rounded_width_is_logged()
    {
        var context = new MLContext(seed: 1);
        var lines = new List<string>();
        context.Log += (_, e) => lines.Add(e.Message);

        using var scorer = Trainers.Fit(context, options => (options.ModelDimension, options.Heads) = (8, 3));

        Assert.AreEqual(9, scorer.Config.ModelDimension);
        Assert.IsTrue(lines.Any(line => line.Contains("ModelDimension: 8 is no multiple of 3 heads (Heads); the network is 9 wide", StringComparison.Ordinal)));
    }

    /// <summary>Each at its limit and one behind it; the others are as small as can be.</summary>
    [TestMethod]
    public void Limits_of_each_size_are_accepted()
    {
        const int most = 1_048_576;
        var least = new DiscriminatorConfig { EmbeddingDimension = 1, MaxTokens = 1, ModelDimension = 1, Heads = 1, Layers = 1, FeedForwardDimension = 1 };
        (string Option, int Limit, string Of, Func<int, DiscriminatorConfig> With)[] sizes =
        [
            ("EmbeddingDimension", most, "1048576 dimensions", size => least with { EmbeddingDimension = size }),
            ("MaxTokens", NextTokenMask.MaxTokens, $"{NextTokenMask.MaxTokens} tokens", size => least with { MaxTokens = size }),
            ("Layers", 256, "256 layers", size => least with { Layers = size }),
            ("FeedForwardDimension", 4 * most, "4194304 dimensions, or none", size => least with { FeedForwardDimension = size }),
        ];

        foreach (var (option, limit, of, with) in sizes)
        {
            Assert.IsNull(with(1).FindProblem(), option);
            Assert.IsNull(with(limit).FindProblem(), option);
            Assert.AreEqual((option, $"expected 1 to {of}, found 0"), with(0).FindProblem());
            Assert.AreEqual((option, $"expected 1 to {of}, found {limit + 1}"), with(limit + 1).FindProblem());
        }

        // Of such a width, or of so many heads, no network has few enough weights: the rules on options alone.
        Assert.IsNull(DiscriminatorConfig.FindOptionProblem(most, most, 1, null));
        Assert.AreEqual(("ModelDimension", "expected 1 to 1048576 dimensions, or none, found 1048577"), DiscriminatorConfig.FindOptionProblem(most + 1, null, 1, null));
        Assert.AreEqual(("Heads", "expected 1 to 1048576 heads, or none, found 1048577"), DiscriminatorConfig.FindOptionProblem(null, most + 1, 1, null));
    }

    [TestMethod]
    public void Weights_that_fit_no_array_are_refused()
    {
        // With width 1, a layer has 3 weights per inner dimension and 13 more, each parameter padded to 16; the input projection takes the rest.
        var (most, layers) = (Array.MaxLength / sizeof(float), 256);
        var inner = (most / layers - 13) / 3 - 5 * 16;
        var shape = new DiscriminatorConfig { EmbeddingDimension = 16, MaxTokens = 1, ModelDimension = 1, Heads = 1, Layers = layers, FeedForwardDimension = inner };
        var rest = (most - shape.GetFlatLength()) / 16 * 16;
        var full = shape with { EmbeddingDimension = (int)(16 + rest) };

        Assert.IsLessThanOrEqualTo(most, full.GetFlatLength());
        Assert.IsNull(full.FindProblem());
        Assert.AreEqual(
            ("ModelDimension", "the network would have more weights than fit one array"),
            (full with { EmbeddingDimension = full.EmbeddingDimension + 1 }).FindProblem());
    }

    private static DiscriminatorConfig Shape((int C, int? Width, int? Heads, int? Inner) one) => new()
    {
        EmbeddingDimension = one.C,
        MaxTokens = 3,
        ModelDimension = one.Width,
        Heads = one.Heads,
        Layers = 1,
        FeedForwardDimension = one.Inner,
    };
}
