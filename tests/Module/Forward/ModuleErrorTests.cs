using static TorchSharp.torch;

namespace MlNetNtd.Tests;

/// <summary>Inputs and sizes that the module refuses.</summary>
[TestClass]
public sealed class ModuleErrorTests
{
    [TestMethod]
    public void Prev_of_another_rank_is_refused()
    {
        Refuses("prev: expected (B, T, C), found (3, 4).", [3, 4], [3, 4]);
        Refuses("prev: expected (B, T, C), found (1, 2, 3, 4).", [1, 2, 3, 4], [2, 3, 4]);
        Refuses("prev: expected (B, T, C), found (12).", [12], [12]);
    }

    [TestMethod]
    public void Curr_of_another_shape_than_prev_is_refused()
    {
        Refuses("curr: expected the shape of prev, (2, 3, 4), found (2, 2, 4).", [2, 3, 4], [2, 2, 4]);
        Refuses("curr: expected the shape of prev, (2, 3, 4), found (1, 3, 4).", [2, 3, 4], [1, 3, 4]);
        Refuses("curr: expected the shape of prev, (2, 3, 4), found (2, 3, 1).", [2, 3, 4], [2, 3, 1]);
        Refuses("curr: expected the shape of prev, (2, 3, 4), found (6, 4).", [2, 3, 4], [6, 4]);
    }

    [TestMethod]
    public void Another_dimension_than_the_module_was_made_for_is_refused() =>
        Refuses("prev: expected C = 4, found (2, 3, 5).", [2, 3, 5], [2, 3, 5]);

    [TestMethod]
    public void More_tokens_than_the_module_was_made_for_are_refused() =>
        Refuses("prev: expected at most 8 tokens (maxTsz), found (2, 9, 4).", [2, 9, 4], [2, 9, 4]);

    [TestMethod]
    public void No_rows_are_refused() =>
        Refuses("prev: expected at least one row and one token, found (0, 3, 4).", [0, 3, 4], [0, 3, 4]);

    [TestMethod]
    public void No_tokens_are_refused() =>
        Refuses("prev: expected at least one row and one token, found (2, 0, 4).", [2, 0, 4], [2, 0, 4]);

    [TestMethod]
    public void Inputs_that_are_null_are_refused()
    {
        using var module = new NextTokenDiscriminator(4, 8);
        using var input = zeros(1, 3, 4);
        Assert.AreEqual("prev", Assert.ThrowsExactly<ArgumentNullException>(() => module.forward(null!, input)).ParamName);
        Assert.AreEqual("curr", Assert.ThrowsExactly<ArgumentNullException>(() => module.forward(input, null!)).ParamName);
    }

    [TestMethod]
    [DataRow(0L, 8L, "embDim")]
    [DataRow(-4L, 8L, "embDim")]
    [DataRow(4L, 0L, "maxTsz")]
    [DataRow(4L, -1L, "maxTsz")]
    [DataRow(4L, long.MaxValue, "maxTsz")]
    public void Impossible_sizes_are_refused_by_name_and_value(long embDim, long maxTsz, string parameter)
    {
        var thrown = Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new NextTokenDiscriminator(embDim, maxTsz));
        Assert.AreEqual(parameter, thrown.ParamName);
        Assert.AreEqual(parameter == "embDim" ? embDim : maxTsz, thrown.ActualValue);
    }

    [TestMethod]
    [DataRow(0L)]
    [DataRow(-1L)]
    [DataRow(9L)]
    public void Mask_of_zero_or_too_many_tokens_is_refused(long tokens)
    {
        using var module = new NextTokenDiscriminator(4, 8);
        var thrown = Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => module.Mask(tokens));
        Assert.AreEqual("tokens", thrown.ParamName);
        Assert.AreEqual(tokens, thrown.ActualValue);
    }

    [TestMethod]
    public void Initial_embedding_of_another_dimension_is_refused()
    {
        using var module = new NextTokenDiscriminator(5, 2);

        Expect.Error<ArgumentException>("Expected C = 5 values, found 4.", () => module.SetInitialEmbedding(new float[4]));
    }

    [TestMethod]
    public void Module_stays_usable_after_an_error()
    {
        using var scope = NewDisposeScope();
        using var module = new NextTokenDiscriminator(4, 8);
        Assert.ThrowsExactly<ArgumentException>(() => module.forward(zeros(1, 9, 4), zeros(1, 9, 4)));

        var (sequences, _) = module.forward(ones(1, 2, 4), ones(1, 2, 4));

        Expect.SameBits([0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1], sequences.Floats());
    }

    private static void Refuses(string message, long[] previous, long[] current)
    {
        using var scope = NewDisposeScope();
        using var module = new NextTokenDiscriminator(4, 8);
        Expect.Error<ArgumentException>(message, () => module.forward(zeros(previous), zeros(current)));
    }
}
