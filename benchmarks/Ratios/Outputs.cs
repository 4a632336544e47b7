using Microsoft.ML.Data;

namespace MlNetNtd.Benchmarks;

/// <summary>Where a consumer has its rows written: the same memory for everyone who is measured in one thread.</summary>
internal sealed class Outputs
{
    public VBuffer<float> Combined;

    public VBuffer<bool> Mask;
}
