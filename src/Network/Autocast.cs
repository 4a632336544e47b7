using static TorchSharp.torch;

namespace MlNetNtd;

/// <summary>
/// Casts tensors between single precision, in which weights and losses are kept, and the precision of computation.
/// </summary>
/// <remarks>
/// TorchSharp has no autocast. The gradient of a cast is cast back, so gradients of weights are in single precision.
/// </remarks>
/// <param name="precision">The precision of computation.</param>
internal sealed class Autocast(ComputePrecision precision)
{
    /// <summary>Casts a weight or an input to the precision of computation.</summary>
    public Tensor ToCompute(Tensor tensor) => precision == ComputePrecision.BFloat16 ? tensor.to(ScalarType.BFloat16) : tensor;

    /// <summary>Casts an output to single precision.</summary>
    public Tensor ToSingle(Tensor tensor) => precision == ComputePrecision.BFloat16 ? tensor.to(ScalarType.Float32) : tensor;
}
