namespace MlNetNtd.Benchmarks;

/// <summary>An output row of the transform, or of the code that users write without it.</summary>
public sealed class JoinedRow
{
    public float[] Combined { get; set; } = [];

    public bool[] Mask { get; set; } = [];
}
