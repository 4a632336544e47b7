using Microsoft.ML;

namespace MlNetNtd;

/// <summary>
/// Names the annotations that describe the attention mask. If the schema determines T, all rows have the same mask: the
/// combined column then holds it as an annotation, which is computed once and costs nothing per row.
/// </summary>
/// <remarks>
/// <para>
/// The annotation <see cref="Name"/> is a vector of (P + K * P, P + K * P) values, row-major (query, key): Boolean for
/// <see cref="MaskKind.Blocked"/> and <see cref="MaskKind.Allowed"/>, Single for <see cref="MaskKind.Additive"/>. It is
/// absent if the size of the input columns is unknown, because masks then differ from row to row.
/// </para>
/// <para>
/// The mask column and the combined column also hold the mask's form (<see cref="KindName"/>) and the rule that every mask
/// follows (<see cref="RuleName"/>). The discriminator's trainer and scorer read them, so that they cannot misread a mask.
/// </para>
/// <para>
/// To read the mask, call <see cref="AttentionMaskExtensions"/>: <c>schema.TryGetAttentionMask("Combined", out bool[]? mask)</c>.
/// </para>
/// </remarks>
public static class AttentionMaskAnnotation
{
    /// <summary>The name of the annotation that holds the mask, on the combined column: (P + K * P, P + K * P) values.</summary>
    public const string Name = AnnotationNames.AttentionMask;

    /// <summary>
    /// The name of the annotation that holds the mask's form, on the mask column and on a combined column with
    /// <see cref="Name"/>: Text, the name of a <see cref="MaskKind"/>.
    /// </summary>
    public const string KindName = AnnotationNames.AttentionMaskKind;

    /// <summary>
    /// The name of the annotation that holds the rule of all rows' masks, on the mask column and on the combined column:
    /// Text, <c>NextToken</c> (<see cref="NextTokenMask"/> without padding) or <c>PaddedNextToken</c> (the same rule with
    /// padding after the tokens).
    /// </summary>
    public const string RuleName = AnnotationNames.AttentionMaskRule;

    /// <summary>
    /// The name of the annotation that holds T, on the same columns as <see cref="RuleName"/>, if all rows have the same number of
    /// tokens: Int32.
    /// </summary>
    public const string TokensName = AnnotationNames.AttentionMaskTokens;

    /// <summary>
    /// The name of the annotation that holds the largest number of tokens a row may have, on a combined column of unknown size:
    /// Int32. The discriminator's trainer learns this number of positions.
    /// </summary>
    public const string MaxTokensName = AnnotationNames.MaxTokens;

    /// <summary>
    /// The name of the annotation that holds K, the number of candidates of each token, on the combined column: Int32. The discriminator's
    /// trainer and scorer read it.
    /// </summary>
    public const string CandidatesPerTokenName = AnnotationNames.CandidatesPerToken;

    /// <summary>
    /// The name of the annotation on a token count column: Text, the name of the combined column whose tokens it counts.
    /// </summary>
    public const string TokenCountOfName = AnnotationNames.TokenCountOf;
}
