namespace MlNetNtd.Examples.Imitation;

/// <summary>One row of the data: a stretch of a walk, whose tokens are context and candidates alike.</summary>
internal sealed class WalkRow
{
    /// <summary>Whether an expert walked.</summary>
    public required bool Label { get; init; }

    /// <summary>(T, C), row-major.</summary>
    public required float[] PreviousEmbeddings { get; init; }

    /// <summary>(T, C), row-major.</summary>
    public required float[] CurrentEmbeddings { get; init; }
}
