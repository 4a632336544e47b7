using static TorchSharp.torch;

namespace MlNetNtd.Tests;

/// <summary>Each mask kind, applied by its convention, gives the outputs of PyTorch.</summary>
[TestClass]
public sealed class MaskKindTests
{
    private const double Tolerance = 1e-5;

    [TestMethod]
    [DynamicData(nameof(AttentionGolden.Names), typeof(AttentionGolden))]
    public void Rule_blocks_what_was_blocked_in_PyTorch(string name)
    {
        var golden = AttentionGolden.Cases[name];
        var mask = new bool[NextTokenMask.Count(golden.PaddedTokens)];

        NextTokenMask.Fill(mask, golden.Tokens, golden.PaddedTokens);

        Expect.Same<bool>([.. golden.Blocked.Select(value => value == '1')], mask);
    }

    [TestMethod]
    [DynamicData(nameof(AttentionGolden.Names), typeof(AttentionGolden))]
    public void Blocked_mask_fills_the_scores_with_negative_infinity_where_true(string name)
    {
        using var scope = NewDisposeScope();
        var golden = AttentionGolden.Cases[name];
        var mask = Boolean(golden, MaskKind.Blocked);

        var output = Attention(golden, scores => scores.masked_fill(mask, float.NegativeInfinity));

        Expect.Close(golden.AttentionBlocked, output, Tolerance);
    }

    [TestMethod]
    [DynamicData(nameof(AttentionGolden.Names), typeof(AttentionGolden))]
    public void Allowed_mask_fills_the_scores_with_negative_infinity_where_false(string name)
    {
        using var scope = NewDisposeScope();
        var golden = AttentionGolden.Cases[name];
        var mask = Boolean(golden, MaskKind.Allowed);

        var output = Attention(golden, scores => scores.masked_fill(mask.logical_not(), float.NegativeInfinity));

        Expect.Close(golden.AttentionAllowed, output, Tolerance);
    }

    [TestMethod]
    [DynamicData(nameof(AttentionGolden.Names), typeof(AttentionGolden))]
    public void Additive_mask_is_added_to_the_scores(string name)
    {
        using var scope = NewDisposeScope();
        var golden = AttentionGolden.Cases[name];
        var mask = Additive(golden);

        var output = Attention(golden, scores => scores + mask);

        Expect.Close(golden.AttentionAdditive, output, Tolerance);
    }

    [TestMethod]
    [DynamicData(nameof(AttentionGolden.Names), typeof(AttentionGolden))]
    public void No_query_is_blocked_from_end_to_end_so_no_output_is_NaN(string name)
    {
        using var scope = NewDisposeScope();
        var golden = AttentionGolden.Cases[name];
        var mask = Additive(golden);

        Assert.IsFalse(Attention(golden, scores => scores + mask).Any(float.IsNaN));
    }

    internal static Tensor Boolean(AttentionCase golden, MaskKind kind)
    {
        var mask = new bool[NextTokenMask.Count(golden.PaddedTokens)];
        NextTokenMask.Fill(mask, golden.Tokens, golden.PaddedTokens, kind);
        return tensor(mask, [2 * golden.PaddedTokens, 2 * golden.PaddedTokens]);
    }

    internal static Tensor Additive(AttentionCase golden)
    {
        var mask = new float[NextTokenMask.Count(golden.PaddedTokens)];
        NextTokenMask.FillAdditive(mask, golden.Tokens, golden.PaddedTokens);
        return tensor(mask, [2 * golden.PaddedTokens, 2 * golden.PaddedTokens]);
    }

    /// <summary>The sequence as (H, 2P, C / H).</summary>
    internal static Tensor Heads(AttentionCase golden) =>
        tensor(golden.Sequence, [2 * golden.PaddedTokens, golden.Heads, golden.EmbDim / golden.Heads]).transpose(0, 1);

    /// <summary>(H, 2P, C / H) back as values of (2P, C).</summary>
    internal static float[] Merge(Tensor heads) => heads.transpose(0, 1).contiguous().Floats();

    // softmax(masked Q K^T / sqrt(d)) V with Q = K = V, as every attention operation does.
    private static float[] Attention(AttentionCase golden, Func<Tensor, Tensor> mask)
    {
        var heads = Heads(golden);
        var scores = heads.matmul(heads.transpose(1, 2)) / Math.Sqrt(golden.EmbDim / golden.Heads);
        return Merge(mask(scores).softmax(-1).matmul(heads));
    }
}
