namespace MlNetNtd;

/// <summary>A row of a training step. Its arrays are only read.</summary>
internal readonly struct TrainingSequence
{
    /// <summary>Gets the combined sequence, (P + P * K, C), row-major.</summary>
    public required float[] Values { get; init; }

    /// <summary>Gets P, the length of each half, in tokens.</summary>
    public required int PaddedTokens { get; init; }

    /// <summary>Gets T, the number of real tokens in each half, 1 to P. Padding is not computed.</summary>
    public required int Tokens { get; init; }

    /// <summary>Gets the length of the longest half in the row's micro-batch, at least P, which decides what dropout drops.</summary>
    public required int BatchTokens { get; init; }

    /// <summary>Gets the labels, 0 to 1: one for the row, or at least T * K.</summary>
    public required float[] Labels { get; init; }

    /// <summary>Gets the weight of the row, at least 0.</summary>
    public required float Weight { get; init; }
}
