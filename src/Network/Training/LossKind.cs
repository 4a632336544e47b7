namespace MlNetNtd;

/// <summary>Specifies what the loss of a discriminator compares: rows, tokens, or the candidates of each token.</summary>
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
    /// repeated for each of the row's tokens. With K candidates for each token, each of them has a logit and a label.
    /// </summary>
    Token = 2,

    /// <summary>
    /// Ranking noise-contrastive estimation (Ma and Collins, 2018), which is also called InfoNCE: the cross-entropy of a softmax over the K
    /// candidates of each real token, of which exactly one is true. Needs K of at least 2 and a label per candidate. The difference of two
    /// candidates' logits is then an estimate of the difference of their log-ratios. A constant that all candidates of a token share is not
    /// learned, so the sign of a logit and its probability have no meaning.
    /// </summary>
    RankingNce = 3,
}
