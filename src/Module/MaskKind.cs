namespace MlNetNtd;

/// <summary>How the attention mask is written: its item type, and which value blocks.</summary>
/// <remarks>
/// PyTorch's attention operations disagree on what <c>true</c> means. Choose by the operation that will read
/// the mask.
/// </remarks>
public enum MaskKind
{
    /// <summary>
    /// <see cref="bool"/>; <c>true</c> = the query may NOT attend the key. What the original module returns, and what
    /// PyTorch's <c>nn.MultiheadAttention</c> and <c>nn.Transformer</c> take. TorchSharp's modules of those names do
    /// not: they add a mask to the scores whatever its type, and a Boolean 1 blocks nothing. Give them
    /// <see cref="Additive"/>.
    /// </summary>
    Blocked = 0,

    /// <summary>
    /// <see cref="bool"/>; <c>true</c> = the query MAY attend the key. For
    /// <c>nn.functional.scaled_dot_product_attention</c>.
    /// </summary>
    Allowed = 1,

    /// <summary>
    /// <see cref="float"/>; 0 = may attend, negative infinity = may not. Added to the attention scores before
    /// the softmax, which every attention operation takes: the one for TorchSharp's <c>nn.MultiheadAttention</c> and
    /// <c>nn.TransformerEncoder</c>, and for ML.NET's trainers, which take nothing but Single.
    /// </summary>
    Additive = 2,
}
