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
/// <para><see cref="AttentionMaskExtensions"/> reads it: <c>schema.TryGetAttentionMask("Combined", out bool[]? mask)</c>.</para>
/// </remarks>
public static class AttentionMaskAnnotation
{
    /// <summary>The name of the annotation.</summary>
    public const string Name = AnnotationNames.AttentionMask;
}
