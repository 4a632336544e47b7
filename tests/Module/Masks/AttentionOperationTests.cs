using static TorchSharp.torch;

namespace MlNetNtd.Tests;

/// <summary>Each mask kind, given to its operation of TorchSharp, gives the outputs of PyTorch.</summary>
[TestClass]
public sealed class AttentionOperationTests
{
    private const double Tolerance = 1e-5;

    [TestMethod]
    [DynamicData(nameof(AttentionGolden.Names), typeof(AttentionGolden))]
    public void Scaled_dot_product_attention_takes_an_Allowed_mask(string name) => ScaledDotProduct(name, MaskKind.Allowed);

    [TestMethod]
    [DynamicData(nameof(AttentionGolden.Names), typeof(AttentionGolden))]
    public void Scaled_dot_product_attention_takes_an_Additive_mask(string name) => ScaledDotProduct(name, MaskKind.Additive);

    private static void ScaledDotProduct(string name, MaskKind kind)
    {
        using var scope = NewDisposeScope();
        var golden = AttentionGolden.Cases[name];
        var mask = kind == MaskKind.Additive ? MaskKindTests.Additive(golden) : MaskKindTests.Boolean(golden, kind);
        var heads = MaskKindTests.Heads(golden).unsqueeze(0);

        var output = nn.functional.scaled_dot_product_attention(heads, heads, heads, mask);

        Expect.Close(golden.AttentionAllowed, MaskKindTests.Merge(output.squeeze(0)), Tolerance);
    }

    [TestMethod]
    [DynamicData(nameof(AttentionGolden.Names), typeof(AttentionGolden))]
    public void Multihead_attention_takes_an_Additive_mask(string name)
    {
        using var scope = NewDisposeScope();
        var golden = AttentionGolden.Cases[name];

        Expect.Close(golden.AttentionBlocked, Multihead(golden, MaskKindTests.Additive(golden)), Tolerance);
    }

    // What the table of mask kinds warns of. Where this fails, TorchSharp has mended it and the warning can go.
    [TestMethod]
    public void Multihead_attention_of_TorchSharp_does_not_apply_a_Boolean_mask()
    {
        using var scope = NewDisposeScope();
        var golden = AttentionGolden.Cases["five_tokens"];

        var output = Multihead(golden, MaskKindTests.Boolean(golden, MaskKind.Blocked));

        Assert.IsTrue(output.Zip(golden.AttentionBlocked, (one, other) => Math.Abs(one - other)).Max() > 0.01);
    }

    // Without projections: the identity in, the identity out.
    private static float[] Multihead(AttentionCase golden, Tensor mask)
    {
        using var quiet = no_grad();
        using var attention = nn.MultiheadAttention(golden.EmbDim, golden.Heads, bias: false);
        foreach (var (parameter, weights) in attention.named_parameters())
            weights.copy_(parameter == "in_proj_weight" ? cat([Identity(), Identity(), Identity()]) : Identity());

        // (2P, B, C), B = 1.
        var sequence = tensor(golden.Sequence, [2 * golden.PaddedTokens, 1, golden.EmbDim]);
        var (output, _) = attention.call(sequence, sequence, sequence, null, false, mask);
        return output.contiguous().Floats();

        Tensor Identity() => eye(golden.EmbDim);
    }
}
