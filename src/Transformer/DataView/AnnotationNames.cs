namespace MlNetNtd;

/// <summary>Names of the annotations that the transform writes and the trainer reads.</summary>
internal static class AnnotationNames
{
    /// <summary>The attention mask, on the combined column.</summary>
    public const string AttentionMask = "AttentionMask";

    /// <summary>The form of the mask, the name of a <see cref="MaskKind"/>: Text, on the column that holds the mask.</summary>
    public const string AttentionMaskKind = "AttentionMaskKind";

    /// <summary>The rule of all rows' masks, the name of a <see cref="MaskRule"/>: Text.</summary>
    public const string AttentionMaskRule = "AttentionMaskRule";

    /// <summary>T, if all rows have the same number of tokens: Int32.</summary>
    public const string AttentionMaskTokens = "AttentionMaskTokens";

    /// <summary>The name of the input column of a combined column's first half: Text, on the combined column.</summary>
    public const string PreviousColumn = "PreviousColumnName";

    /// <summary>The name of the input column of a combined column's second half: Text, on the combined column.</summary>
    public const string CurrentColumn = "CurrentColumnName";

    /// <summary>K, the number of candidates of each token: Int32, on the combined column.</summary>
    public const string CandidatesPerToken = "CandidatesPerToken";

    /// <summary>The largest number of tokens in a row, if rows differ in length: Int32, on the combined column.</summary>
    public const string MaxTokens = "MaxTokens";

    /// <summary>The name of the combined column whose tokens are counted: Text, on the token count column.</summary>
    public const string TokenCountOf = "TokenCountOf";
}
