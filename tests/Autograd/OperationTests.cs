using static MlNetNtd.Autograd.Tests.Tensors;
using static TorchSharp.torch;

namespace MlNetNtd.Autograd.Tests;

/// <summary>Every differentiable operation against finite differences.</summary>
[TestClass]
public sealed class OperationTests
{
    private static readonly long[] Places = [2, 0, 2, 1];

    private static readonly Dictionary<string, (Func<Tensor[], Tensor> Function, Func<Tensor[]> Inputs)> Operations = new()
    {
        ["add"] = (x => x[0] + x[1], () => [Values(2, 3), Positive(2, 3)]),
        ["add with factor"] = (x => x[0].add(x[1], 2.5), () => [Values(2, 3), Positive(2, 3)]),
        ["add a number"] = (x => x[0] + 3, () => [Values(4)]),
        ["add, stretching"] = (x => x[0] + x[1], () => [Values(2, 1, 3), Values(4, 1)]),
        ["subtract"] = (x => x[0] - x[1], () => [Values(2, 3), Values(3)]),
        ["subtract from a number"] = (x => 1 - x[0], () => [Values(4)]),
        ["multiply"] = (x => x[0] * x[1], () => [Values(2, 3), Positive(2, 3)]),
        ["multiply, stretching"] = (x => x[0] * x[1], () => [Values(2, 3), Values(2, 1)]),
        ["multiply by itself"] = (x => x[0] * x[0], () => [Values(2, 3)]),
        ["multiply by a number"] = (x => x[0] * -1.5, () => [Values(2, 3)]),
        ["divide"] = (x => x[0] / x[1], () => [Values(2, 3), Positive(2, 3)]),
        ["divide, stretching"] = (x => x[0] / x[1], () => [Values(3), Positive(2, 1)]),
        ["divide a number"] = (x => 2 / x[0], () => [Positive(4)]),
        ["remainder"] = (x => x[0].remainder(x[1]), () => [Values(2, 3), Positive(2, 3)]),
        ["power"] = (x => x[0].pow(3), () => [Values(5)]),
        ["power, both"] = (x => x[0].pow(x[1]), () => [Positive(2, 3), Values(3)]),
        ["square"] = (x => x[0].square(), () => [Values(5)]),
        ["maximum"] = (x => x[0].maximum(x[1]), () => [Values(2, 3), Positive(3)]),
        ["minimum"] = (x => x[0].minimum(x[1]), () => [Values(2, 3), Positive(3)]),
        ["negative"] = (x => -1 * x[0].neg(), () => [Values(4)]),
        ["absolute"] = (x => x[0].abs(), () => [Values(9)]),
        ["exponential"] = (x => x[0].exp(), () => [Values(9)]),
        ["logarithm"] = (x => x[0].log(), () => [Positive(9)]),
        ["square root"] = (x => x[0].sqrt(), () => [Positive(9)]),
        ["reciprocal"] = (x => x[0].reciprocal(), () => [Positive(9)]),
        ["tanh"] = (x => x[0].tanh(), () => [Values(9)]),
        ["sigmoid"] = (x => x[0].sigmoid(), () => [Values(9)]),
        ["relu"] = (x => nn.functional.relu(x[0]), () => [Values(9)]),
        ["gelu"] = (x => nn.functional.gelu(x[0]), () => [Values(9)]),
        ["softmax"] = (x => x[0].softmax(-1), () => [Values(3, 5)]),
        ["softmax, inner dimension"] = (x => x[0].softmax(1), () => [Values(2, 3, 2)]),
        ["log-softmax"] = (x => nn.functional.log_softmax(x[0], -1), () => [Values(3, 5)]),
        ["log-softmax, first dimension"] = (x => nn.functional.log_softmax(x[0], 0), () => [Values(3, 5)]),
        ["matrix product"] = (x => x[0].matmul(x[1]), () => [Values(3, 4), Values(4, 2)]),
        ["matrix product, wide"] = (x => x[0].matmul(x[1]), () => [Values(5, 3), Values(3, 19)]),
        ["matrix product, batch times one"] = (x => x[0].matmul(x[1]), () => [Values(2, 3, 4), Values(4, 2)]),
        ["matrix product, one times batch"] = (x => x[0].matmul(x[1]), () => [Values(3, 4), Values(2, 4, 2)]),
        ["matrix product, batches stretching"] = (x => x[0].matmul(x[1]), () => [Values(2, 1, 2, 3), Values(3, 3, 2)]),
        ["matrix times vector"] = (x => x[0].matmul(x[1]), () => [Values(3, 4), Values(4)]),
        ["batch times vector"] = (x => x[0].matmul(x[1]), () => [Values(2, 3, 4), Values(4)]),
        ["vector times matrix"] = (x => x[0].matmul(x[1]), () => [Values(3), Values(3, 2)]),
        ["vector times batch"] = (x => x[0].matmul(x[1]), () => [Values(3), Values(2, 3, 2)]),
        ["vector times vector"] = (x => x[0].matmul(x[1]), () => [Values(4), Positive(4)]),
        ["batched product"] = (x => x[0].bmm(x[1]), () => [Values(2, 3, 4), Values(2, 4, 2)]),
        ["product with a transposed one"] = (x => x[0].bmm(x[1].transpose(1, 2)), () => [Values(2, 3, 4), Values(2, 5, 4)]),
        ["linear"] = (x => nn.functional.linear(x[0], x[1], x[2]), () => [Values(2, 3, 4), Values(5, 4), Values(5)]),
        ["linear on a vector"] = (x => nn.functional.linear(x[0], x[1], x[2]), () => [Values(4), Values(5, 4), Values(5)]),
        ["linear without bias"] = (x => nn.functional.linear(x[0], x[1]), () => [Values(3, 4), Values(5, 4)]),
        ["layer norm"] = (x => nn.functional.layer_norm(x[0], [5], x[1], x[2]), () => [Values(3, 5), Positive(5), Values(5)]),
        ["layer norm, two dimensions"] = (x => nn.functional.layer_norm(x[0], [2, 3], x[1]), () => [Values(2, 2, 3), Positive(2, 3)]),
        ["layer norm, plain"] = (x => nn.functional.layer_norm(x[0], [5]), () => [Values(2, 5)]),
        ["sum"] = (x => x[0].sum(), () => [Values(2, 3)]),
        ["sum along one"] = (x => x[0].sum(1), () => [Values(2, 3, 2)]),
        ["sum along one, kept"] = (x => x[0].sum(0, keepdim: true), () => [Values(2, 3)]),
        ["sum along two"] = (x => x[0].sum([0, 2]), () => [Values(2, 3, 2)]),
        ["mean"] = (x => x[0].mean(), () => [Values(2, 3)]),
        ["mean along one"] = (x => x[0].mean([1]), () => [Values(2, 3)]),
        ["largest"] = (x => x[0].max(), () => [Values(2, 3)]),
        ["largest along one"] = (x => x[0].max(1).values, () => [Values(2, 3)]),
        ["smallest along one, kept"] = (x => x[0].min(0, keepdim: true).values, () => [Values(2, 3)]),
        ["view"] = (x => x[0].view(2, 1, 3), () => [Values(2, 3)]),
        ["reshape of a transposed one"] = (x => x[0].transpose(0, 1).reshape(6), () => [Values(2, 3)]),
        ["flatten"] = (x => x[0].flatten(1), () => [Values(2, 3, 2)]),
        ["unflatten"] = (x => x[0].unflatten(1, 2, -1), () => [Values(2, 6)]),
        ["unsqueeze"] = (x => x[0].unsqueeze(1), () => [Values(2, 3)]),
        ["squeeze"] = (x => x[0].squeeze(-1), () => [Values(2, 1)]),
        ["transpose"] = (x => x[0].transpose(0, 2), () => [Values(2, 3, 4)]),
        ["permute"] = (x => x[0].permute(2, 0, 1), () => [Values(2, 3, 4)]),
        ["expand"] = (x => x[0].expand(4, 2, 3), () => [Values(2, 1)]),
        ["repeat"] = (x => x[0].repeat(2, 1, 3), () => [Values(2, 3)]),
        ["select"] = (x => x[0].select(1, 2), () => [Values(2, 3)]),
        ["narrow"] = (x => x[0].narrow(1, 1, 2), () => [Values(2, 4)]),
        ["slice by steps"] = (x => x[0].slice(0, 1, 6, 2), () => [Values(6, 2)]),
        ["split"] = (x => x[0].split(2, 1)[1], () => [Values(2, 5)]),
        ["chunk"] = (x => x[0].chunk(2)[0], () => [Values(5)]),
        ["unbind"] = (x => x[0].unbind(1)[1], () => [Values(2, 3)]),
        ["index by range"] = (x => x[0][TensorIndex.Colon, TensorIndex.Slice(1, 3)], () => [Values(2, 4)]),
        ["index by element"] = (x => x[0][1, TensorIndex.Ellipsis], () => [Values(2, 4)]),
        ["index by tensor"] = (x => x[0].index(tensor(Places)), () => [Values(3, 2)]),
        ["index by mask"] = (x => x[0].index(x[0].detach().gt(0)), () => [Values(3, 2)]),
        ["index by range and tensor"] = (x => x[0].index(TensorIndex.Slice(1), TensorIndex.Tensor(tensor(Places))), () => [Values(3, 3)]),
        ["select places"] = (x => x[0].index_select(0, tensor(Places)), () => [Values(3, 2)]),
        ["select places, inner dimension"] = (x => x[0].index_select(1, tensor(Places)), () => [Values(2, 3)]),
        ["gather"] = (x => x[0].gather(1, tensor(Places, 2, 2)), () => [Values(2, 3)]),
        ["gather, first dimension"] = (x => x[0].gather(0, tensor(Places, 1, 4)), () => [Values(3, 4)]),
        ["concatenate"] = (x => cat([x[0], x[1]], 1), () => [Values(2, 3), Values(2, 1)]),
        ["stack"] = (x => stack([x[0], x[1]], 1), () => [Values(2, 3), Positive(2, 3)]),
        ["where"] = (x => where(x[0].detach().gt(0), x[0], x[1]), () => [Values(2, 3), Positive(3)]),
        ["fill by mask"] = (x => x[0].masked_fill(x[0].detach().gt(0), 7), () => [Values(2, 3)]),
        ["fill by mask, stretching"] = (x => x[0].masked_fill(tensor(Places).gt(0), 7), () => [Values(2, 1)]),
        ["lower triangle"] = (x => x[0].tril(), () => [Values(3, 3)]),
        ["upper triangle"] = (x => x[0].triu(1), () => [Values(2, 3, 3)]),
        ["clone"] = (x => x[0].clone(), () => [Values(3)]),
        ["contiguous"] = (x => x[0].t().contiguous(), () => [Values(2, 3)]),
        ["cross-entropy of logits"] = (
            x => nn.functional.binary_cross_entropy_with_logits(x[0], x[1].sigmoid()), () => [Values(2, 3), Values(2, 3)]),
        ["cross-entropy of logits, summed, weighted"] = (
            x => nn.functional.binary_cross_entropy_with_logits(x[0], ones(2, 3, ScalarType.Float64), Positive(3), nn.Reduction.Sum, Positive(3)),
            () => [Values(2, 3)]),
        ["cross-entropy"] = (x => nn.functional.cross_entropy(x[0], tensor(Places)), () => [Values(4, 3)]),
        ["cross-entropy, single, with a class ignored and smoothing"] = (
            x => nn.functional.cross_entropy(x[0], tensor(Places), Positive(3), 1, nn.Reduction.None, 0.2), () => [Values(4, 3)]),
        ["cross-entropy of sequences"] = (
            x => nn.functional.cross_entropy(x[0], tensor(Places, 2, 2), Positive(3)), () => [Values(2, 3, 2)]),
    };

    public static IEnumerable<object[]> Names => Operations.Keys.Select(name => new object[] { name });

    [TestMethod]
    [DynamicData(nameof(Names))]
    public void The_gradient_is_the_limit_of_differences(string name)
    {
        using var scope = NewDisposeScope();
        var (function, inputs) = Operations[name];

        FiniteDifferences.Check(function, inputs());
    }

    [TestMethod]
    [DynamicData(nameof(Names))]
    public void Inputs_that_are_views_get_the_same_gradient(string name)
    {
        using var scope = NewDisposeScope();
        var (function, inputs) = Operations[name];

        // Every second element of a larger tensor, its dimensions in reverse order.
        FiniteDifferences.Check(
            x => function(Array.ConvertAll(x, one => Interleaved(one).permute(Reversed(one.dim())))),
            Array.ConvertAll(inputs(), one => one.permute(Reversed(one.dim())).contiguous()));
    }

    private static Tensor Interleaved(Tensor input) =>
        input.dim() == 0 ? input : stack([input, input * 3], -1).flatten(-2).slice(-1, 0, 2 * input.shape[^1], 2);

    private static long[] Reversed(long rank) => [.. Enumerable.Range(0, (int)rank).Reverse().Select(d => (long)d)];
}
