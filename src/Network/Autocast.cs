using static TorchSharp.torch;

namespace MlNetNtd;

/// <summary>The one place where tensors change their type between weights and loss, in single, and what is computed from them.</summary>
/// <remarks>TorchSharp has no autocast. The gradient of a cast is cast back: those of weights are in single.</remarks>
/// <param name="precision">What is computed with.</param>
internal sealed class Autocast(ComputePrecision precision)
{
    /// <summary>A weight, or what comes in, as the network computes with it.</summary>
    public Tensor ToCompute(Tensor tensor) => precision == ComputePrecision.BFloat16 ? tensor.to(ScalarType.BFloat16) : tensor;

    /// <summary>What the network gives.</summary>
    public Tensor ToSingle(Tensor tensor) => precision == ComputePrecision.BFloat16 ? tensor.to(ScalarType.Float32) : tensor;
}
