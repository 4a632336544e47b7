using TorchSharp;
using static TorchSharp.torch;

namespace MlNetNtd.Tests;

/// <summary>Ownership of the module's tensors. Live tensors are counted.</summary>
[TestClass]
[DoNotParallelize]
public sealed class ModuleOwnershipTests
{
    [TestMethod]
    public void Forward_leaves_only_its_two_results()
    {
        using var module = new NextTokenDiscriminator(4, 8);
        using var previous = ones(2, 3, 4);
        using var current = ones(2, 3, 4);

        Assert.AreEqual(0, Tensors.LeftBy(() =>
        {
            for (var i = 0; i < 50; i++)
            {
                var before = Tensor.TotalCount;
                var (sequences, mask) = module.forward(previous, current);
                Assert.AreEqual(2, Tensor.TotalCount - before);
                sequences.Dispose();
                mask.Dispose();
            }
        }));
    }

    [TestMethod]
    public void Refused_forward_leaves_no_tensor()
    {
        using var module = new NextTokenDiscriminator(4, 2);
        using var input = ones(2, 3, 4);

        Assert.AreEqual(0, Tensors.LeftBy(() =>
        {
            for (var i = 0; i < 50; i++)
                Assert.ThrowsExactly<ArgumentException>(() => module.forward(input, input));
        }));
    }

    [TestMethod]
    public void Disposed_module_leaves_no_tensor()
    {
        var left = Tensors.LeftBy(() =>
        {
            for (var i = 0; i < 20; i++)
            {
                using var module = new NextTokenDiscriminator(4, 8);
                module.Mask(3).Dispose();
                module.reset_parameters();
            }
        });

        Assert.AreEqual(20 * Tensors.LeftByOneParameter(), left);
    }

    [TestMethod]
    public void Disposed_module_has_disposed_its_parameter_and_its_buffers()
    {
        var module = new NextTokenDiscriminator(4, 8);
        Tensor[] components = [module.InitialEmbedding, module.get_buffer("causal_mask")!, module.get_buffer("curr_mask")!];
        module.Dispose();
        foreach (var component in components)
            Assert.IsTrue(component.IsInvalid);
    }

    [TestMethod]
    public void Module_made_inside_a_scope_outlives_it()
    {
        NextTokenDiscriminator module;
        using (NewDisposeScope())
            module = new NextTokenDiscriminator(2, 3);

        using var scope = NewDisposeScope();
        var (sequences, mask) = module.forward(ones(1, 2, 2), ones(1, 2, 2));
        Expect.SameBits([0, 0, 1, 1, 1, 1, 1, 1], sequences.Floats());
        Expect.Same<bool>(Reference.Blocked(2), mask.Bools());
        module.Dispose();
    }

    [TestMethod]
    public void Module_that_was_moved_inside_a_scope_outlives_it()
    {
        using var module = new NextTokenDiscriminator(2, 3);
        using (NewDisposeScope())
            module.to(ScalarType.Float64);

        using var scope = NewDisposeScope();
        var (sequences, _) = module.forward(ones(1, 2, 2, dtype: ScalarType.Float64), ones(1, 2, 2, dtype: ScalarType.Float64));
        CollectionAssert.AreEqual(new double[] { 0, 0, 1, 1, 1, 1, 1, 1 }, sequences.data<double>().ToArray());
    }

    [TestMethod]
    public void Results_belong_to_the_scope_of_the_caller()
    {
        using var module = new NextTokenDiscriminator(2, 3);
        using var input = ones(1, 2, 2);
        Tensor sequences, mask;
        using (NewDisposeScope())
        {
            (sequences, mask) = module.forward(input, input);
            Assert.IsFalse(sequences.IsInvalid);
            Assert.IsFalse(mask.IsInvalid);
        }

        Assert.IsTrue(sequences.IsInvalid);
        Assert.IsTrue(mask.IsInvalid);
        Assert.IsFalse(input.IsInvalid);
    }

    [TestMethod]
    public void Disposed_or_changed_results_do_not_affect_the_module()
    {
        using var scope = NewDisposeScope();
        using var module = new NextTokenDiscriminator(2, 3);
        var input = ones(1, 2, 2);
        var (sequences, mask) = module.forward(input, input);
        sequences.zero_();
        mask.zero_();
        sequences.Dispose();
        mask.Dispose();

        var (again, maskAgain) = module.forward(input, input);

        Expect.SameBits([0, 0, 1, 1, 1, 1, 1, 1], again.Floats());
        Expect.Same<bool>(Reference.Blocked(2), maskAgain.Bools());
        Expect.SameBits([1, 1, 1, 1], input.Floats());
    }

    [TestMethod]
    public void Second_dispose_does_nothing()
    {
        var module = new NextTokenDiscriminator(2, 3);
        module.Dispose();
        module.Dispose();
        Assert.IsTrue(module.InitialEmbedding.IsInvalid);
    }
}
