namespace MlNetNtd;

/// <summary>The rule that all masks of a column follow. The member names are the annotation's values.</summary>
internal enum MaskRule
{
    /// <summary>The rule of <see cref="NextTokenMask"/> without padding.</summary>
    NextToken,

    /// <summary>The rule of <see cref="NextTokenMask"/> with padding after the tokens.</summary>
    PaddedNextToken,
}
