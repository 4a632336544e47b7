namespace MlNetNtd;

/// <summary>Names of annotations that one project writes and the other reads.</summary>
internal static class AnnotationNames
{
    /// <summary>The attention mask, on the combined column.</summary>
    public const string AttentionMask = "AttentionMask";
}
