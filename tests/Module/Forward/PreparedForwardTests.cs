using FsCheck.Fluent;
using static TorchSharp.torch;

namespace MlNetNtd.Tests;

/// <summary>The forward pass into existing memory.</summary>
[TestClass]
public sealed class PreparedForwardTests
{
    [TestMethod]
    public void Prepared_forward_writes_the_result_of_forward() => Property.Check(
        from rows in Gen.Choose(1, 5)
        from tokens in Gen.Choose(1, 12)
        from dimension in Gen.Choose(1, 9)
        from seed in Gen.Choose(0, 1_000_000)
        select (Rows: rows, Tokens: tokens, Dimension: dimension, Seed: seed),
        one =>
        {
            using var scope = NewDisposeScope();
            using var module = new NextTokenDiscriminator(one.Dimension, 12);
            module.SetInitialEmbedding(Sequences.Values(new Random(one.Seed), one.Dimension));
            var (previous, current) = Batch(one.Rows, one.Tokens, one.Dimension, one.Seed);
            var result = full([one.Rows, 2 * one.Tokens, one.Dimension], float.NaN);

            using var prepared = module.Prepare(previous, current, result);
            prepared.Run();

            var (expected, _) = module.forward(previous, current);
            Expect.SameBits(expected.Floats(), result.Floats());
        });

    [TestMethod]
    public void Next_run_uses_changed_weights_and_inputs()
    {
        using var scope = NewDisposeScope();
        using var module = new NextTokenDiscriminator(2, 3);
        var (previous, current) = Batch(2, 3, 2, seed: 1);
        var result = zeros(2, 6, 2);
        using var prepared = module.Prepare(previous, current, result);
        prepared.Run();

        var (newPrevious, newCurrent) = Batch(2, 3, 2, seed: 2);
        previous.copy_(newPrevious);
        current.copy_(newCurrent);
        module.SetInitialEmbedding([3, 4]);
        prepared.Run();

        var (expected, _) = module.forward(newPrevious, newCurrent);
        Expect.SameBits(expected.Floats(), result.Floats());
    }

    [TestMethod]
    public void Result_may_be_part_of_a_larger_buffer()
    {
        using var scope = NewDisposeScope();
        using var module = new NextTokenDiscriminator(2, 3);
        var (previous, current) = Batch(3, 3, 2, seed: 1);
        var memory = full(3 * 6 * 2, float.NaN);
        var (shortPrevious, shortCurrent) = (previous.narrow(0, 1, 2).narrow(1, 0, 2), current.narrow(0, 1, 2).narrow(1, 0, 2));
        var result = memory.narrow(0, 0, 2 * 4 * 2).view(2, 4, 2);

        using var prepared = module.Prepare(shortPrevious, shortCurrent, result);
        prepared.Run();

        var (expected, _) = module.forward(shortPrevious, shortCurrent);
        Expect.SameBits([.. expected.Floats(), .. Enumerable.Repeat(float.NaN, 3 * 6 * 2 - 2 * 4 * 2)], memory.Floats());
    }

    [TestMethod]
    public void Prepared_forward_takes_no_part_in_gradients()
    {
        using var scope = NewDisposeScope();
        using var module = new NextTokenDiscriminator(2, 3);
        var (previous, current) = Batch(1, 3, 2, seed: 1);
        var result = zeros(1, 6, 2);

        using var prepared = module.Prepare(previous, current, result);
        prepared.Run();

        Assert.IsTrue(module.InitialEmbedding.requires_grad);
        Assert.IsFalse(result.requires_grad);
    }

    [TestMethod]
    public void Prepared_forward_outlives_its_scope_and_mode()
    {
        using var scope = NewDisposeScope();
        using var module = new NextTokenDiscriminator(2, 3);
        var (previous, current) = Batch(1, 3, 2, seed: 1);
        var result = zeros(1, 6, 2);
        PreparedForward prepared;
        using (inference_mode())
        using (NewDisposeScope())
            prepared = module.Prepare(previous, current, result);

        using (prepared)
            prepared.Run();

        var (expected, _) = module.forward(previous, current);
        Expect.SameBits(expected.Floats(), result.Floats());
    }

    [TestMethod]
    [DoNotParallelize]
    public void Disposed_prepared_forward_leaves_no_tensor()
    {
        using var scope = NewDisposeScope();
        using var module = new NextTokenDiscriminator(2, 3);
        var (previous, current) = Batch(1, 3, 2, seed: 1);
        var result = zeros(1, 6, 2);

        Assert.AreEqual(0, Tensors.LeftBy(() =>
        {
            using var prepared = module.Prepare(previous, current, result);
            prepared.Run();
            prepared.Run();
        }));
    }

    [TestMethod]
    public void Inputs_are_checked_like_those_of_forward()
    {
        using var scope = NewDisposeScope();
        using var module = new NextTokenDiscriminator(2, 3);
        var error = Assert.ThrowsExactly<ArgumentException>(() => module.Prepare(zeros(1, 4, 2), zeros(1, 4, 2), zeros(1, 8, 2)));
        Assert.Contains("at most 3 tokens", error.Message);
    }

    [TestMethod]
    public void Result_of_another_shape_is_refused()
    {
        using var scope = NewDisposeScope();
        using var module = new NextTokenDiscriminator(2, 3);
        var error = Assert.ThrowsExactly<ArgumentException>(() => module.Prepare(zeros(1, 3, 2), zeros(1, 3, 2), zeros(1, 5, 2)));
        Assert.Contains("expected (1, 6, 2), found (1, 5, 2)", error.Message);
    }

    private static (Tensor Previous, Tensor Current) Batch(int rows, int tokens, int dimension, int seed) =>
        Tensors.Batch(Sequences.Pairs(rows, tokens, dimension, seed), tokens, dimension);
}
