namespace MlNetNtd;

/// <summary>What the masks of all rows of a column have in common. The names are those in the schema.</summary>
internal enum MaskRule
{
    /// <summary><see cref="NextTokenMask"/>, every position a real token.</summary>
    NextToken,

    /// <summary><see cref="NextTokenMask"/>, padding behind the real tokens.</summary>
    PaddedNextToken,
}
