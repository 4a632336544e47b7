namespace MlNetNtd.Examples.TextGan;

/// <summary>A stretch of a text whose own tokens are the candidates. Rows may differ in length.</summary>
internal sealed class ScoreRow
{
    /// <summary>(T, C), row-major.</summary>
    public required float[] PreviousEmbeddings { get; init; }

    /// <summary>(T, C), row-major.</summary>
    public required float[] CurrentEmbeddings { get; init; }
}
