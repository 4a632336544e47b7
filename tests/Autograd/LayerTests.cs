using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace MlNetNtd.Autograd.Tests;

/// <summary>Layers: parameters, first weights, training and evaluation.</summary>
[TestClass]
[DoNotParallelize]
public sealed class LayerTests
{
    [TestMethod]
    public void A_linear_layer_starts_within_its_bounds()
    {
        using var layer = nn.Linear(16, 40);

        var names = layer.named_parameters().Select(entry => entry.name).ToArray();
        var (weight, bias) = (layer.weight!.Doubles(), layer.bias!.Doubles());

        CollectionAssert.AreEqual(new[] { "weight", "bias" }, names);
        CollectionAssert.AreEqual(new long[] { 40, 16 }, layer.weight!.shape);
        foreach (var value in weight.Concat(bias))
            Assert.IsLessThanOrEqualTo(0.25, Math.Abs(value));
        Assert.IsGreaterThan(0.2, weight.Max());
        Assert.IsLessThan(-0.2, weight.Min());
        Assert.IsTrue(layer.weight!.requires_grad);
    }

    [TestMethod]
    public void A_linear_layer_may_have_no_bias()
    {
        using var layer = nn.Linear(3, 2, hasBias: false);
        using var input = ones(4, 3);
        using var result = layer.forward(input);

        Assert.IsNull(layer.bias);
        Assert.HasCount(1, layer.parameters().ToArray());
        CollectionAssert.AreEqual(new long[] { 4, 2 }, result.shape);
    }

    [TestMethod]
    public void Gradients_reach_the_registered_parameters_of_a_layer()
    {
        using var scope = NewDisposeScope();
        using var layer = nn.Linear(3, 2);

        layer.forward(ones(4, 3)).sum().backward();

        foreach (var parameter in layer.parameters())
            Assert.IsTrue(parameter.grad!.eq(4).all().item<bool>());
        layer.zero_grad();
        Assert.IsNull(layer.weight!.grad);
    }

    [TestMethod]
    public void A_layer_computes_with_the_weights_it_was_given_and_in_their_type()
    {
        using var scope = NewDisposeScope();
        using var layer = nn.Linear(2, 2, dtype: ScalarType.Float64);
        using (no_grad())
        {
            layer.weight!.copy_(Unit() * 3);
            layer.bias!.fill_(1);
        }

        Tensors.AreClose([4, 7], layer.forward(tensor((double[])[1, 2])));

        static Tensor Unit() => tensor((double[])[1, 0, 0, 1], 2, 2);
    }

    [TestMethod]
    public void A_layer_norm_starts_as_nothing_but_the_norm()
    {
        using var scope = NewDisposeScope();
        using var layer = nn.LayerNorm(4);

        var result = layer.forward(tensor((float[])[1, 2, 3, 4]));

        Tensors.AreClose([-1.3416355, -0.4472118, 0.4472118, 1.3416355], result, 1e-6);
        CollectionAssert.AreEqual(new[] { "weight", "bias" }, layer.named_parameters().Select(entry => entry.name).ToArray());
    }

    [TestMethod]
    public void An_embedding_is_a_table_of_normal_draws_with_zeros_for_padding()
    {
        using var scope = NewDisposeScope();
        using var layer = nn.Embedding(1000, 8, padding_idx: 3);
        var table = layer.weight!.Doubles();

        Tensors.AreClose(table[16..24], layer.forward(tensor(2L)));
        Tensors.AreClose(new double[8], layer.weight![3]);
        Assert.AreEqual(0, table.Average(), 0.06);
        Assert.AreEqual(1, table.Average(value => value * value), 0.1);
    }

    [TestMethod]
    public void Dropout_leaves_out_a_share_and_scales_up_the_rest_while_training()
    {
        using var scope = NewDisposeScope();
        using var layer = nn.Dropout(0.25);
        var input = ones(10_000, requires_grad: true);

        var result = layer.forward(input);
        result.sum().backward();
        layer.eval();
        var kept = result.Doubles();

        Assert.AreEqual(0.25, kept.Count(value => value == 0) / 10_000.0, 0.03);
        Assert.IsTrue(kept.All(value => value == 0 || Math.Abs(value - (4 / 3.0)) < 1e-6));
        Tensors.AreClose(kept, input.grad!, 1e-6);
        Tensors.AreClose(Enumerable.Repeat(1.0, 10_000).ToArray(), layer.forward(input));
    }

    [TestMethod]
    [DataRow(0.0, 1.0)]
    [DataRow(1.0, 0.0)]
    public void Dropout_of_nothing_and_of_all(double share, double expected)
    {
        using var scope = NewDisposeScope();

        Tensors.AreClose([expected, expected], nn.functional.dropout(ones(2), share));
        Assert.ThrowsExactly<System.Runtime.InteropServices.ExternalException>(() => nn.functional.dropout(ones(2), 1.5));
    }

    [TestMethod]
    public void A_seed_decides_what_is_left_out_and_what_layers_start_with()
    {
        using var scope = NewDisposeScope();
        Tensors.AreClose(Draw().Doubles(), Draw());

        static Tensor Draw()
        {
            manual_seed(7);
            using var layer = nn.Linear(5, 4);
            return nn.functional.dropout(layer.weight!.detach());
        }
    }

    [TestMethod]
    public void A_module_list_names_its_modules_by_number()
    {
        using var module = new Stack();
        using var input = ones(1, 3);
        using var result = module.forward(input);

        CollectionAssert.AreEqual(
            new[] { "layers.0.weight", "layers.0.bias", "layers.1.weight", "layers.1.bias" },
            module.named_parameters().Select(entry => entry.name).ToArray());
        CollectionAssert.AreEqual(new long[] { 1, 3 }, result.shape);
    }

    [TestMethod]
    public void Draws_by_weight_follow_the_weights()
    {
        using var scope = NewDisposeScope();
        var weights = tensor((float[])[1, 0, 3]).expand(4000, 3).contiguous();

        var draws = multinomial(weights, 1);
        var all = tensor((float[])[1, 2, 3]).multinomial(3);

        CollectionAssert.AreEqual(new long[] { 4000, 1 }, draws.shape);
        Assert.IsFalse(draws.eq(1).any().item<bool>());
        Assert.AreEqual(0.75, draws.eq(2).to(ScalarType.Float64).mean().item<double>(), 0.05);
        CollectionAssert.AreEquivalent(new long[] { 0, 1, 2 }, all.data<long>().ToArray());
    }

    private sealed class Stack : nn.Module<Tensor, Tensor>
    {
        [ComponentName(Name = "layers")]
        private readonly ModuleList<nn.Module<Tensor, Tensor>> _layers =
            nn.ModuleList<nn.Module<Tensor, Tensor>>(nn.Linear(3, 3), nn.Linear(3, 3));

        public Stack()
            : base(nameof(Stack)) => RegisterComponents();

        public override Tensor forward(Tensor input) => _layers.Aggregate(input, (x, layer) => layer.forward(x));
    }
}
