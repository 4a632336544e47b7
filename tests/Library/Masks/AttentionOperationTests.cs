namespace MlNetNtd.Tests;

/// <summary>
/// Each kind of mask, fed to the operation of TorchSharp that it is for, gives the outputs that PyTorch gave. The bodies
/// are in AttentionOperationTests.Real.cs; the stand-ins have no attention operations.
/// </summary>
[TestClass]
[NeedsRealPackages]
[TestCategory(Category.RealPackages)]
public sealed partial class AttentionOperationTests
{
    [TestMethod]
    [DynamicData(nameof(AttentionGolden.Names), typeof(AttentionGolden))]
    public void Scaled_dot_product_attention_takes_an_Allowed_mask(string name) => ScaledDotProduct(name, MaskKind.Allowed);

    [TestMethod]
    [DynamicData(nameof(AttentionGolden.Names), typeof(AttentionGolden))]
    public void Scaled_dot_product_attention_takes_an_Additive_mask(string name) => ScaledDotProduct(name, MaskKind.Additive);

    [TestMethod]
    [DynamicData(nameof(AttentionGolden.Names), typeof(AttentionGolden))]
    public void Multihead_attention_takes_an_Additive_mask(string name) => MultiheadAdditive(name);

    [TestMethod]
    public void Multihead_attention_of_TorchSharp_does_not_block_by_a_Boolean_mask() => MultiheadBooleanDoesNotBlock();

    static partial void ScaledDotProduct(string name, MaskKind kind);

    static partial void MultiheadAdditive(string name);

    static partial void MultiheadBooleanDoesNotBlock();
}
