using FsCheck;
using FsCheck.Fluent;
using static TorchSharp.torch;

namespace MlNetNtd.Tests;

/// <summary>The module's result for a batch of real and predicted embeddings.</summary>
[TestClass]
public sealed class ForwardTests
{
    public static IEnumerable<object[]> GoldenNames => Golden.Names;

    [TestMethod]
    [DynamicData(nameof(GoldenNames))]
    public void Sequences_and_mask_equal_those_of_the_original_module(string name)
    {
        using var scope = NewDisposeScope();
        var golden = Golden.Cases[name];
        var module = GoldenModule(golden);
        long[] shape = [golden.Batch, golden.Tokens, golden.Dimension];

        var (sequences, mask) = module.forward(tensor(golden.Previous, shape), tensor(golden.Current, shape));

        CollectionAssert.AreEqual(golden.CombinedShape, sequences.shape);
        Expect.SameBits(golden.Combined, sequences.Floats());
        CollectionAssert.AreEqual(golden.MaskShape, mask.shape);
        Assert.AreEqual(ScalarType.Bool, mask.dtype);
        Expect.Same<bool>(golden.Blocked, mask.Bools());
    }

    [TestMethod]
    [DynamicData(nameof(GoldenNames))]
    public void State_dictionary_has_the_keys_of_the_original_module(string name)
    {
        using var module = GoldenModule(Golden.Cases[name]);
        CollectionAssert.AreEqual(Golden.Cases[name].StateKeys, module.state_dict().Keys.ToArray());
    }

    [TestMethod]
    public void Each_row_of_a_batch_is_combined_independently() => Property.Check(Batches, batch =>
    {
        using var scope = NewDisposeScope();
        var module = new NextTokenDiscriminator(batch.Dimension, batch.MaxTokens);
        var initial = Sequences.Values(new Random(batch.Seed), batch.Dimension);
        using (no_grad())
            module.InitialEmbedding.copy_(tensor(initial, [1, 1, batch.Dimension]));
        var rows = Sequences.Pairs(batch.Rows, batch.Tokens, batch.Dimension, batch.Seed);
        var (previous, current) = Tensors.Batch(rows, batch.Tokens, batch.Dimension);

        var (sequences, mask) = module.forward(previous, current);

        CollectionAssert.AreEqual(new long[] { batch.Rows, 2 * batch.Tokens, batch.Dimension }, sequences.shape);
        Expect.SameBits([.. rows.SelectMany(row => Reference.Combined(initial, row))], sequences.Floats());
        CollectionAssert.AreEqual(new long[] { 2 * batch.Tokens, 2 * batch.Tokens }, mask.shape);
        Expect.Same<bool>(Reference.Blocked(batch.Tokens), mask.Bools());
    });

    [TestMethod]
    public void Every_length_up_to_the_longest_is_accepted()
    {
        using var module = new NextTokenDiscriminator(2, 17);
        for (var tokens = 1; tokens <= 17; tokens++)
        {
            using var scope = NewDisposeScope();
            var (previous, current) = Tensors.Batch(Sequences.Pairs(1, tokens, 2), tokens, 2);
            var (sequences, mask) = module.forward(previous, current);
            CollectionAssert.AreEqual(new long[] { 1, 2 * tokens, 2 }, sequences.shape);
            Expect.Same<bool>(Reference.Blocked(tokens), mask.Bools(), $"T = {tokens}.");
        }
    }

    [TestMethod]
    public void Last_real_token_is_never_used()
    {
        using var scope = NewDisposeScope();
        using var module = new NextTokenDiscriminator(1, 3);
        var current = tensor(new float[] { 4, 5, 6 }, [1, 3, 1]);

        var (sequences, _) = module.forward(tensor(new float[] { 1, 2, float.NaN }, [1, 3, 1]), current);

        Expect.SameBits([0, 1, 2, 4, 5, 6], sequences.Floats());
    }

    [TestMethod]
    public void NaN_and_infinity_are_copied_like_any_value()
    {
        using var scope = NewDisposeScope();
        using var module = new NextTokenDiscriminator(2, 2);
        var previous = tensor(new[] { float.NaN, float.NegativeInfinity, 1, 2 }, [1, 2, 2]);
        var current = tensor(new[] { float.PositiveInfinity, -0f, float.Epsilon, float.MaxValue }, [1, 2, 2]);

        var (sequences, _) = module.forward(previous, current);

        Expect.SameBits(
            [0, 0, float.NaN, float.NegativeInfinity, float.PositiveInfinity, -0f, float.Epsilon, float.MaxValue], sequences.Floats());
    }

    [TestMethod]
    public void Inputs_need_not_be_contiguous()
    {
        using var scope = NewDisposeScope();
        using var module = new NextTokenDiscriminator(2, 3);
        var (previous, current) = Tensors.Batch(Sequences.Pairs(2, 3, 2), 3, 2);
        var (expected, _) = module.forward(previous, current);

        // The same values, stored the other way round.
        var (sequences, _) = module.forward(
            previous.transpose(0, 2).contiguous().transpose(0, 2), current.transpose(1, 2).contiguous().transpose(1, 2));

        Expect.SameBits(expected.Floats(), sequences.Floats());
    }

    [TestMethod]
    public void Call_equals_forward()
    {
        using var scope = NewDisposeScope();
        using var module = new NextTokenDiscriminator(2, 3);
        var (previous, current) = Tensors.Batch(Sequences.Pairs(2, 3, 2), 3, 2);

        var (expected, expectedMask) = module.forward(previous, current);
        var (sequences, mask) = module.call(previous, current);

        Expect.SameBits(expected.Floats(), sequences.Floats());
        Expect.Same<bool>(expectedMask.Bools(), mask.Bools());
    }

    internal static NextTokenDiscriminator GoldenModule(GoldenCase golden)
    {
        var module = new NextTokenDiscriminator(golden.Dimension, golden.MaxTokens);
        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        module.InitialEmbedding.copy_(tensor(golden.InitialEmbedding, [1, 1, golden.Dimension]));
        return module;
    }

    private static Gen<PaddedBatch> Batches =>
        from rows in Gen.Choose(1, 5)
        from maxTokens in Gen.Choose(1, 12)
        from tokens in Gen.Choose(1, maxTokens)
        from dimension in Gen.Choose(1, 9)
        from seed in Gen.Choose(0, 1_000_000)
        select new PaddedBatch(rows, tokens, maxTokens, dimension, seed);

    private sealed record PaddedBatch(int Rows, int Tokens, int MaxTokens, int Dimension, int Seed);
}
