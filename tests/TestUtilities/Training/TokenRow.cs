using Microsoft.ML.Data;

namespace MlNetNtd.Tests;

/// <summary>A row as the transform reads it, with a label.</summary>
public sealed class TokenRow
{
    /// <summary>T.</summary>
    public const int Tokens = 6;

    /// <summary>C.</summary>
    public const int Dimension = 8;

    /// <summary>Values of one mask, (2T)².</summary>
    public const int MaskLength = 4 * Tokens * Tokens;

    [VectorType(Tokens, Dimension)]
    public float[] PreviousEmbeddings { get; set; } = [];

    [VectorType(Tokens, Dimension)]
    public float[] CurrentEmbeddings { get; set; } = [];

    public bool Label { get; set; }

    /// <summary>A mask for tests that need another one than the transform's.</summary>
    [VectorType(MaskLength)]
    public bool[] OwnMask { get; set; } = new bool[MaskLength];
}
