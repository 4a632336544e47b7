using Microsoft.ML;

namespace MlNetNtd;

/// <summary>
/// The attention mask as an annotation of the combined column. Where the schema tells T, every row has the same
/// mask: here it is computed once and costs a row nothing.
/// </summary>
/// <remarks>
/// <para>
/// The annotation is a vector of (2P, 2P) values, row-major (query, key): Boolean for <see cref="MaskKind.Blocked"/>
/// and <see cref="MaskKind.Allowed"/>, Single for <see cref="MaskKind.Additive"/>. It is not there where the input
/// columns are of unknown size, because masks then differ from row to row.
/// </para>
/// <para>
/// Beside it, and on the mask column, stand the kind of the mask (<see cref="KindName"/>) and the rule that every row's
/// mask follows (<see cref="RuleName"/>), so that who reads it cannot mistake it. The discriminator's trainer and scorer
/// go by them.
/// </para>
/// <para><see cref="AttentionMaskExtensions"/> reads it: <c>schema.TryGetAttentionMask("Combined", out bool[]? mask)</c>.</para>
/// </remarks>
public static class AttentionMaskAnnotation
{
    /// <summary>The name of the annotation.</summary>
    public const string Name = AnnotationNames.AttentionMask;

    /// <summary>
    /// The name of the annotation that says how a mask is written, on the mask column and on a combined column that has
    /// <see cref="Name"/>: Text, the name of a <see cref="MaskKind"/>.
    /// </summary>
    public const string KindName = AnnotationNames.AttentionMaskKind;

    /// <summary>
    /// The name of the annotation that says what the masks of all rows follow, on the mask column and on the combined
    /// column: Text, <c>NextToken</c> (<see cref="NextTokenMask"/>, nothing padded) or <c>PaddedNextToken</c> (the same with
    /// padding behind).
    /// </summary>
    public const string RuleName = AnnotationNames.AttentionMaskRule;

    /// <summary>
    /// The name of the annotation that says T, beside <see cref="RuleName"/>, where all rows have as many real tokens: Int32.
    /// </summary>
    public const string TokensName = AnnotationNames.AttentionMaskTokens;

    /// <summary>
    /// The name of the annotation on a combined column of unknown size that says the most tokens its rows may have: Int32. The
    /// discriminator's trainer learns as many positions.
    /// </summary>
    public const string MaxTokensName = AnnotationNames.MaxTokens;

    /// <summary>
    /// The name of the annotation on the column of token counts: Text, the combined column whose real tokens are counted.
    /// </summary>
    public const string TokenCountOfName = AnnotationNames.TokenCountOf;
}
