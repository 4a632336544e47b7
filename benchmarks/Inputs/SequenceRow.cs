namespace MlNetNtd.Benchmarks;

/// <summary>A row as users have them: two arrays of T * C values.</summary>
public sealed class SequenceRow
{
    public float[] PreviousEmbeddings { get; set; } = [];

    public float[] CurrentEmbeddings { get; set; } = [];
}
