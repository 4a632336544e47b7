namespace MlNetNtd;

/// <summary>Specifies the item type of an attention mask and which of its values blocks a key.</summary>
/// <remarks>
/// PyTorch's attention operations disagree on what <c>true</c> means. Choose the kind that the operation which reads the mask
/// expects.
/// </remarks>
public enum MaskKind
{
    /// <summary>
    /// <see cref="bool"/>; <c>true</c> means the query may NOT attend the key. The original module returns this kind, and PyTorch's
    /// <c>nn.MultiheadAttention</c> and <c>nn.Transformer</c> take it. TorchSharp's modules of the same names do not: they add any
    /// mask to the scores, and a Boolean 1 blocks nothing. Use <see cref="Additive"/> for them.
    /// </summary>
    Blocked = 0,

    /// <summary>
    /// <see cref="bool"/>; <c>true</c> means the query MAY attend the key. <c>nn.functional.scaled_dot_product_attention</c> takes
    /// this kind.
    /// </summary>
    Allowed = 1,

    /// <summary>
    /// <see cref="float"/>; 0 means the query may attend the key, negative infinity means it may not. The mask is added to the
    /// attention scores before the softmax. Every attention operation takes this kind, TorchSharp's <c>nn.MultiheadAttention</c>
    /// and <c>nn.TransformerEncoder</c> included, and so do ML.NET's trainers, which accept only Single.
    /// </summary>
    Additive = 2,
}
