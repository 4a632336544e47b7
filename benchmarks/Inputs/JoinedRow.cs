namespace MlNetNtd.Benchmarks;

/// <summary>What comes out: by the stage, or by what users write instead of it.</summary>
public sealed class JoinedRow
{
    public float[] Combined { get; set; } = [];

    public bool[] Mask { get; set; } = [];
}
