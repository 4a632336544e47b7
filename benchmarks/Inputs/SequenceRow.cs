namespace MlNetNtd.Benchmarks;

/// <summary>An input row: two arrays of T * C values.</summary>
public sealed class SequenceRow
{
    public float[] PreviousEmbeddings { get; set; } = [];

    public float[] CurrentEmbeddings { get; set; } = [];
}
