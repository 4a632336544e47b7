namespace MlNetNtd;

/// <summary>What the loss of a discriminator is computed of: each row's score, or each token's.</summary>
public enum LossKind
{
    /// <summary>The recommended one: <see cref="Row"/> with a label per row, <see cref="Token"/> with a label per token.</summary>
    Auto = 0,

    /// <summary>The score of each row, the mean logit of its real tokens, against the row's label. Needs a label per row.</summary>
    Row = 1,

    /// <summary>
    /// The logit of each real token: against the token's label, or with a label per row against the row's, as if the row's
    /// label were repeated for each of its tokens.
    /// </summary>
    Token = 2,
}
