namespace MlNetNtd;

/// <summary>
/// Specifies the number format a network computes with. Weights, gradients, the optimizer and the loss are always in single
/// precision.
/// </summary>
public enum ComputePrecision
{
    /// <summary>32 bits. On CUDA, TorchSharp's settings decide whether products may use TF32.</summary>
#pragma warning disable CA1720 // ML.NET's name for it, in its types of columns.
    Single = 0,
#pragma warning restore CA1720

    /// <summary>
    /// 16 bits with the range of 32. It halves the memory kept for the backward pass and uses tensor cores on CUDA. Logits are
    /// accurate to about two digits. A CPU without instructions for it is slower.
    /// </summary>
    BFloat16 = 1,
}
