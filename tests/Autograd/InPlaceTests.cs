using System.Runtime.InteropServices;
using static MlNetNtd.Autograd.Tests.Tensors;
using static TorchSharp.torch;

namespace MlNetNtd.Autograd.Tests;

/// <summary>Changes in place inside a graph.</summary>
[TestClass]
public sealed class InPlaceTests
{
    private static readonly long[] Places = [2, 0];

    private static readonly Dictionary<string, (Func<Tensor[], Tensor> Function, Func<Tensor[]> Inputs)> Changes = new()
    {
        ["add"] = (x => x[0].clone().add_(x[1]), () => [Values(2, 3), Values(3)]),
        ["subtract"] = (x => x[0].clone().sub_(x[1]), () => [Values(2, 3), Values(3)]),
        ["multiply"] = (x => x[0].clone().mul_(x[1]), () => [Values(2, 3), Values(3)]),
        ["multiply a constant"] = (x => ones(3, ScalarType.Float64).mul_(x[0]), () => [Values(3)]),
        ["divide"] = (x => x[0].clone().div_(x[1]), () => [Values(2, 3), Positive(2, 3)]),
        ["copy"] = (x => (x[0] * 1).copy_(x[1]), () => [Values(2, 3), Values(3)]),
        ["fill"] = (x => (x[0] * 1).fill_(2).add_(x[0]), () => [Values(2)]),
        ["fill by mask"] = (x => x[0].clone().masked_fill_(x[0].detach().gt(0), 5), () => [Values(2, 3)]),
        ["a row"] = (x => Changed(x[0], whole => whole.select(0, 1).mul_(x[1])), () => [Values(2, 3), Values(3)]),
        ["a column of a transposed one"] = (
            x => Changed(x[0], whole => whole.t().narrow(0, 1, 1).add_(x[1])), () => [Values(2, 3), Values(2)]),
        ["a view of a view"] = (
            x => Changed(x[0], whole => whole.select(0, 1).narrow(0, 1, 2).copy_(x[1])), () => [Values(2, 3), Values(2)]),
        ["two rows"] = (
            x => Changed(x[0], whole => { whole.select(0, 0).mul_(x[1]); whole.select(0, 1).add_(whole.select(0, 0)); }),
            () => [Values(2, 3), Values(3)]),
        ["write by index"] = (x => Changed(x[0], whole => whole[1] = x[1]), () => [Values(2, 3), Values(3)]),
        ["write by range"] = (
            x => Changed(x[0], whole => whole[TensorIndex.Ellipsis, TensorIndex.Slice(1)] = x[1]), () => [Values(2, 3), Values(2)]),
        ["write by tensor"] = (
            x => Changed(x[0], whole => whole.index_put_(x[1], TensorIndex.Tensor(tensor(Places)))), () => [Values(3, 2), Values(2, 2)]),
        ["write into zeros"] = (
            x => Changed(zeros(3, 2, ScalarType.Float64), whole => whole[TensorIndex.Slice(0, 2)] = x[0]), () => [Values(2, 2)]),
    };

    public static IEnumerable<object[]> Names => Changes.Keys.Select(name => new object[] { name });

    [TestMethod]
    [DynamicData(nameof(Names))]
    public void The_gradient_is_the_limit_of_differences(string name)
    {
        using var scope = NewDisposeScope();
        var (function, inputs) = Changes[name];

        FiniteDifferences.Check(function, inputs());
    }

    [TestMethod]
    public void A_view_made_before_a_change_sees_the_change()
    {
        using var scope = NewDisposeScope();
        var x = tensor((double[])[2, 3], requires_grad: true);
        var whole = ones(2, ScalarType.Float64);
        var part = whole[0];

        whole.mul_(x);
        part.backward();

        Assert.IsFalse(part.is_leaf);
        AreClose([1, 0], x.grad!);
    }

    [TestMethod]
    public void Leaves_that_want_gradients_are_not_changed_while_recording()
    {
        using var scope = NewDisposeScope();
        var x = ones(3, requires_grad: true);
        var view = x.narrow(0, 0, 2);

        Assert.ThrowsExactly<ExternalException>(() => x.add_(1));
        Assert.ThrowsExactly<ExternalException>(() => view.add_(1));
        Assert.ThrowsExactly<ExternalException>(() => x[0] = ones([]));
        using (no_grad())
            x.add_(1);
        AreClose([2, 2, 2], x);
        Assert.IsTrue(x.is_leaf);
    }

    [TestMethod]
    public void A_leaf_overwritten_before_it_wants_gradients_is_a_result()
    {
        using var scope = NewDisposeScope();
        var (x, y) = (ones(2, requires_grad: true), zeros(2));

        y.copy_(x * 3);
        y.sum().backward();

        Assert.IsFalse(y.is_leaf);
        AreClose([3, 3], x.grad!);
    }

    [TestMethod]
    public void What_backward_needs_must_not_have_changed()
    {
        using var scope = NewDisposeScope();
        var x = ones(2, requires_grad: true);
        var y = x.exp();

        y.add_(1);

        Assert.ThrowsExactly<ExternalException>(y.sum().backward);
    }

    [TestMethod]
    public void What_backward_does_not_need_may_change()
    {
        using var scope = NewDisposeScope();
        var x = ones(2, requires_grad: true);
        var y = x * 2;

        y.add_(1).mul_(3);
        y.sum().backward();

        AreClose([6, 6], x.grad!);
    }

    [TestMethod]
    public void Views_made_without_recording_or_by_the_several_are_not_changed_while_recording()
    {
        using var scope = NewDisposeScope();
        var x = ones(4, requires_grad: true) * 1;
        Tensor unrecorded;
        using (no_grad())
            unrecorded = x.view(2, 2);
        var half = x.split(2)[0];

        Assert.ThrowsExactly<ExternalException>(() => unrecorded.add_(1));
        Assert.ThrowsExactly<ExternalException>(() => half.add_(1));
    }

    [TestMethod]
    public void Tensors_of_inference_mode_are_not_changed_outside_it()
    {
        using var scope = NewDisposeScope();
        Tensor made;
        using (inference_mode())
            made = ones(2);

        Assert.ThrowsExactly<ExternalException>(() => made.add_(1));
    }

    [TestMethod]
    public void A_stretched_view_takes_no_sums()
    {
        using var scope = NewDisposeScope();
        var stretched = ones(1, 3).expand(2, 3);

        Assert.ThrowsExactly<ExternalException>(() => stretched.add_(1));
        Assert.ThrowsExactly<ExternalException>(() => stretched.copy_(ones(2, 3)));
    }

    [TestMethod]
    public void Results_leave_the_graph_in_place_and_views_do_not()
    {
        using var scope = NewDisposeScope();
        var y = ones(2, requires_grad: true) * 2;

        Assert.ThrowsExactly<ExternalException>(() => y.view(2, 1).detach_());
        y.detach_();

        Assert.IsFalse(y.requires_grad);
        Assert.IsTrue(y.is_leaf);
    }

    private static Tensor Changed(Tensor tensor, Action<Tensor> change)
    {
        var copy = tensor.clone();
        change(copy);
        return copy;
    }
}
