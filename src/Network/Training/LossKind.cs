namespace MlNetNtd;

/// <summary>Specifies whether the loss of a discriminator compares rows or tokens.</summary>
public enum LossKind
{
    /// <summary>Recommended: <see cref="Row"/> with a label per row, <see cref="Token"/> with a label per token.</summary>
    Auto = 0,

    /// <summary>
    /// Compares the score of each row, the mean logit of its real tokens, with the row's label. Needs a label per row.
    /// </summary>
    Row = 1,

    /// <summary>
    /// Compares the logit of each real token with the token's label, or, with a label per row, with the row's label, as if it were
    /// repeated for each of the row's tokens.
    /// </summary>
    Token = 2,
}
