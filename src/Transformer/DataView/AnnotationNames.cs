namespace MlNetNtd;

/// <summary>Names of annotations that one project writes and the other reads.</summary>
internal static class AnnotationNames
{
    /// <summary>The attention mask, on the combined column.</summary>
    public const string AttentionMask = "AttentionMask";

    /// <summary>How the mask is written, the name of a <see cref="MaskKind"/>: Text, on the column that holds the mask.</summary>
    public const string AttentionMaskKind = "AttentionMaskKind";

    /// <summary>The rule that the mask of every row follows, the name of a <see cref="MaskRule"/>: Text.</summary>
    public const string AttentionMaskRule = "AttentionMaskRule";

    /// <summary>T, where all rows have as many real tokens: Int32.</summary>
    public const string AttentionMaskTokens = "AttentionMaskTokens";

    /// <summary>The name of the column that the first half of a combined column is made of: Text, on the combined column.</summary>
    public const string PreviousColumn = "PreviousColumnName";

    /// <summary>The name of the column that the second half of a combined column is made of: Text, on the combined column.</summary>
    public const string CurrentColumn = "CurrentColumnName";

    /// <summary>The most tokens a row has, where rows differ in length: Int32, on the combined column.</summary>
    public const string MaxTokens = "MaxTokens";

    /// <summary>The name of the combined column whose real tokens a column counts: Text, on the column of counts.</summary>
    public const string TokenCountOf = "TokenCountOf";
}
