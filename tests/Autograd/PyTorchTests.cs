using static TorchSharp.torch;

namespace MlNetNtd.Autograd.Tests;

/// <summary>Results and gradients in single precision, as PyTorch 1.13 gives them.</summary>
[TestClass]
public sealed class PyTorchTests
{
    /// <summary>A few units of the last place: sums may run in another order.</summary>
    private const double Tolerance = 2e-6;

    private static readonly Dictionary<string, Func<Tensor[], Tensor>> Functions = new()
    {
        ["gelu"] = x => nn.functional.gelu(x[0]),
        ["relu"] = x => nn.functional.relu(x[0]),
        ["tanh"] = x => nn.functional.tanh(x[0]),
        ["sigmoid"] = x => nn.functional.sigmoid(x[0]),
        ["softmax"] = x => nn.functional.softmax(x[0], -1),
        ["log_softmax"] = x => nn.functional.log_softmax(x[0], -1),
        ["layer_norm"] = x => nn.functional.layer_norm(x[0], [9], x[1], x[2]),
        ["linear"] = x => nn.functional.linear(x[0], x[1], x[2]),
        ["bmm"] = x => x[0].bmm(x[1]),
        ["cross_entropy"] = x => nn.functional.cross_entropy(x[0], Targets),
        ["cross_entropy_weighted"] = x => nn.functional.cross_entropy(x[0], Targets, Weights),
        ["cross_entropy_sum"] = x => nn.functional.cross_entropy(x[0], Targets, reduction: nn.Reduction.Sum),
        ["cross_entropy_none"] = x => nn.functional.cross_entropy(x[0], Targets, Weights, reduction: nn.Reduction.None),
        ["cross_entropy_ignored"] = x => nn.functional.cross_entropy(x[0], Targets, ignore_index: 3),
        ["cross_entropy_smoothed"] = x => nn.functional.cross_entropy(x[0], Targets, label_smoothing: 0.1),
        ["cross_entropy_all"] = x => nn.functional.cross_entropy(x[0], Targets, Weights, 3, label_smoothing: 0.1),
        ["bce"] = x => nn.functional.binary_cross_entropy_with_logits(x[0], Labels),
        ["bce_weighted"] = x => nn.functional.binary_cross_entropy_with_logits(x[0], Labels, Weights, nn.Reduction.Sum),
        ["bce_positive"] = x => nn.functional.binary_cross_entropy_with_logits(x[0], Labels, reduction: nn.Reduction.None, pos_weights: Weights),
        ["embedding"] = x => LookUp(x[0]),
    };

    public static IEnumerable<object[]> Names => Golden.File.Functions.Keys.Select(name => new object[] { name });

    private static Tensor Targets => tensor(Golden.File.Targets);

    private static Tensor Weights => Golden.File.Weights.ToTensor();

    private static Tensor Labels => Golden.File.Labels.ToTensor();

    [TestMethod]
    [DynamicData(nameof(Names))]
    public void Results_and_gradients_are_PyTorchs(string name)
    {
        using var scope = NewDisposeScope();
        var golden = Golden.File.Functions[name];
        var inputs = Array.ConvertAll(golden.Inputs, input => input.ToTensor(requiresGrad: true));

        var result = Functions[name](inputs);
        result.backward([GradientOf(result)]);

        CollectionAssert.AreEqual(golden.Result.Shape, result.shape);
        Tensors.AreClose(golden.Result.Values, result, Tolerance);
        for (var i = 0; i < inputs.Length; i++)
            Tensors.AreClose(golden.Gradients[i].Values, inputs[i].grad!, Tolerance);
    }

    /// <summary>The gradient that write_golden.py starts from.</summary>
    private static Tensor GradientOf(Tensor result)
    {
        var values = Enumerable.Range(0, (int)result.numel()).Select(i => (float)Math.Sin(0.3 + (1.9 * i) + (0.1 * i * i)));
        return tensor([.. values], result.shape);
    }

    /// <summary>The layer with a given table, which takes the table's gradient over to it.</summary>
    private static Tensor LookUp(Tensor table)
    {
        var layer = nn.Embedding(5, 3, padding_idx: 1);
        var rows = tensor((long[])[2, 0, 2, 4, 1, 0], 2, 3);
        layer.weight = new TorchSharp.Modules.Parameter(table.alias());
        return layer.forward(rows);
    }
}
