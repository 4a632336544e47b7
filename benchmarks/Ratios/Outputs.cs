using Microsoft.ML.Data;

namespace MlNetNtd.Benchmarks;

/// <summary>The output buffers. All implementations that run on one thread share them.</summary>
internal sealed class Outputs
{
    public VBuffer<float> Combined;

    public VBuffer<bool> Mask;
}
