using System.Runtime.InteropServices;
using MlNetNtd.Conformance.Tests;
using static MlNetNtd.Autograd.Tests.Tensors;
using static TorchSharp.torch;

namespace MlNetNtd.Autograd.Tests;

/// <summary>What is recorded, and what a walk backward does with it.</summary>
[TestClass]
public sealed class GraphTests
{
    private TorchSharp.DisposeScope _scope = null!;

    [TestInitialize]
    public void Open() => _scope = NewDisposeScope();

    [TestCleanup]
    public void Close() => _scope.Dispose();

    [TestMethod]
    public void Gradients_add_up_over_walks()
    {
        var x = Leaf(1, 2);

        (x * 3).sum().backward();
        var held = x.grad!;
        (x * 4).sum().backward();

        AreClose([7, 7], x.grad!);
        AreClose([7, 7], held);
    }

    [TestMethod]
    public void A_tensor_used_twice_gets_both_gradients()
    {
        var x = Leaf(2, 3);
        var y = x * x;

        (y + (y * x)).sum().backward();

        // x^2 + x^3.
        AreClose([4 + 12, 6 + 27], x.grad!);
    }

    [TestMethod]
    public void A_leaf_that_is_two_results_parents_shares_no_memory_with_them()
    {
        var (x, y) = (Leaf(1), Leaf(1));

        var sum = x + y;
        sum.backward([tensor(2.0).reshape(1)]);
        x.grad!.mul_(10);

        AreClose([2], y.grad!);
    }

    [TestMethod]
    public void A_long_chain_is_walked_without_recursion()
    {
        var x = Leaf(1);
        var y = x.alias();
        for (var i = 0; i < 20_000; i++)
            y = y + 1;

        y.backward();

        AreClose([1], x.grad!);
    }

    [TestMethod]
    public void Results_know_that_they_are_recorded()
    {
        var x = Leaf(1);
        var y = x * 2;

        Assert.IsTrue(x.is_leaf);
        Assert.IsTrue(y.requires_grad);
        Assert.IsFalse(y.is_leaf);
        Assert.IsNull(y.grad);
        Assert.IsFalse(y.gt(1).requires_grad);
        Assert.IsFalse(y.to(ScalarType.Int64).requires_grad);
        Assert.IsFalse(y.argmax().requires_grad);
    }

    [TestMethod]
    public void Detached_tensors_share_memory_and_nothing_else()
    {
        var x = Leaf(2);
        var y = x * x;
        var cut = y.detach();

        (cut * x).sum().backward();

        AreClose([4], x.grad!);
        Assert.IsFalse(cut.requires_grad);
        Assert.IsTrue(cut.is_leaf);
        cut.fill_(9);
        AreClose([9], y);
    }

    [TestMethod]
    public void Nothing_is_recorded_under_no_grad()
    {
        var x = Leaf(2);
        Tensor unrecorded, recorded;
        using (no_grad())
        {
            unrecorded = x * 2;
            using (enable_grad())
                recorded = x * 2;
        }

        Assert.IsFalse(unrecorded.requires_grad);
        Assert.IsTrue(recorded.requires_grad);
        Assert.IsTrue((x * 2).requires_grad);
    }

    [TestMethod]
    public void Tensors_of_inference_mode_cannot_be_kept_for_the_way_back()
    {
        var x = Leaf(2);
        Tensor made;
        using (inference_mode())
            made = ones(1, ScalarType.Float64);

        Assert.ThrowsExactly<ExternalException>(() => x * made);
        (x + made).backward();
        AreClose([1], x.grad!);
    }

    [TestMethod]
    public void A_graph_can_be_walked_once()
    {
        var y = Leaf(2).square().sum();

        y.backward();

        Assert.ThrowsExactly<ExternalException>(y.backward);
    }

    [TestMethod]
    public void A_graph_that_keeps_no_values_can_be_walked_again()
    {
        var x = Leaf(2, 3);
        var y = (x + 1).sum();

        y.backward();
        y.backward();

        AreClose([2, 2], x.grad!);
    }

    [TestMethod]
    public void A_retained_graph_can_be_walked_again()
    {
        var x = Leaf(2);
        var y = x.square().sum();

        autograd.backward([y], retain_graph: true);
        autograd.backward([y]);

        AreClose([8], x.grad!);
    }

    // Put right in later versions.
    [TestMethod]
    [NeedsPackageVersion("TorchSharp", "0.102.8")]
    public void The_call_on_the_tensor_retains_by_the_switch_of_the_other_name()
    {
        var x = Leaf(2);
        var y = x.square().sum();

        y.backward(create_graph: true);
        y.backward();

        AreClose([8], x.grad!);
    }

    [TestMethod]
    public void Two_parts_of_a_graph_that_was_freed_between_them_fail()
    {
        var shared = Leaf(2).exp();

        (shared * 2).sum().backward();

        Assert.ThrowsExactly<ExternalException>((shared * 3).sum().backward);
    }

    [TestMethod]
    public void Only_a_single_element_has_a_gradient_to_start_from()
    {
        var y = Leaf(1, 2) * 2;

        Assert.ThrowsExactly<ExternalException>(y.backward);
        Assert.ThrowsExactly<ExternalException>(() => y.backward([ones(3, ScalarType.Float64)]));
        Assert.ThrowsExactly<ExternalException>(ones(1).backward);
        y.backward([tensor((double[])[1, 10])]);
    }

    [TestMethod]
    public void Gradients_can_be_asked_for_without_reaching_leaves()
    {
        var (x, w) = (Leaf(2), Leaf(5));
        var y = x * w;

        var gradients = autograd.grad([y * y], [y, x]);

        AreClose([20], gradients[0]);
        AreClose([100], gradients[1]);
        Assert.IsNull(x.grad);
        Assert.IsNull(w.grad);
    }

    [TestMethod]
    public void Given_inputs_are_the_only_ones_to_get_gradients()
    {
        var (x, w) = (Leaf(2), Leaf(5));

        autograd.backward([x * w], inputs: [w]);

        Assert.IsNull(x.grad);
        AreClose([2], w.grad!);
    }

    [TestMethod]
    public void Gradients_have_the_type_of_their_tensor()
    {
        var x = tensor((float[])[1, 2], requires_grad: true);

        (x.to(ScalarType.Float64) * tensor((double[])[3, 4])).sum().backward();

        Assert.AreEqual(ScalarType.Float32, x.grad!.dtype);
        AreClose([3, 4], x.grad!);
    }

    [TestMethod]
    public void Disposed_tensors_stay_in_the_graph()
    {
        var x = Leaf(3);
        Tensor loss;
        using (var scope = NewDisposeScope())
            loss = x.square().exp().log().sum().MoveToOuterDisposeScope();

        loss.backward();

        AreClose([6], x.grad!, 1e-9);
    }

    [TestMethod]
    public void Only_real_numbers_can_want_gradients()
    {
        Assert.ThrowsExactly<ExternalException>(() => ones(2, ScalarType.Int64).requires_grad_());
    }

    [TestMethod]
    public void A_recorded_result_wants_its_gradient_whatever_it_is_told()
    {
        var x = Leaf(1);
        var y = x * 2;

        y.requires_grad = false;
        y.backward();

        Assert.IsTrue(y.requires_grad);
        AreClose([2], x.grad!);
    }

    [TestMethod]
    public void A_step_after_the_graph_was_made_is_noticed()
    {
        var (x, w) = (Leaf(2), Leaf(5));
        var y = x * w;

        using (no_grad())
            w.add_(1);

        Assert.ThrowsExactly<ExternalException>(y.backward);
    }

    private static Tensor Leaf(params double[] values) => tensor(values, requires_grad: true);
}
