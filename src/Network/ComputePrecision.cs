namespace MlNetNtd;

/// <summary>The numbers a network computes with. Weights, gradients, the optimizer and the loss are in single, always.</summary>
public enum ComputePrecision
{
    /// <summary>32 bits. On CUDA, whether products may use TF32 is left as TorchSharp's settings say.</summary>
#pragma warning disable CA1720 // ML.NET's name for it, in its types of columns.
    Single = 0,
#pragma warning restore CA1720

    /// <summary>
    /// 16 bits with the range of 32: half the memory of what is kept for the backward pass, and the speed of tensor cores on
    /// CUDA. Logits are good to about two digits. On a CPU without instructions for it, it is slower.
    /// </summary>
    BFloat16 = 1,
}
