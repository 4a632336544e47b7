namespace MlNetNtd;

/// <summary>Specifies what computes the transform's combined sequences, or the scorer's scores.</summary>
/// <remarks>
/// The engines of the transform give the same bits. Those of the scorer differ by rounding, up to 1e-5; its <c>Engine</c> says what
/// each value means there.
/// </remarks>
public enum EngineKind
{
    /// <summary>
    /// The Torch engine on CUDA if <c>MLContext.GpuDeviceId</c> is set and that device is available; otherwise the
    /// managed engine.
    /// </summary>
    Auto = 0,

    /// <summary>
    /// Plain copies, one row at a time, with no look-ahead, allocation or native library. The fastest engine on a CPU.
    /// </summary>
    Managed = 1,

    /// <summary>
    /// The TorchSharp module's forward pass on blocks of rows: on CUDA if <c>MLContext.GpuDeviceId</c> is set, otherwise
    /// on the CPU. Requires native libtorch.
    /// </summary>
    Torch = 2,
}
