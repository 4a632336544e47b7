namespace MlNetNtd;

/// <summary>What computes the combined sequences. Every engine gives the same bits.</summary>
public enum EngineKind
{
    /// <summary>
    /// The Torch engine on CUDA when <c>MLContext.GpuDeviceId</c> is set and that device is there; otherwise
    /// the managed engine.
    /// </summary>
    Auto = 0,

    /// <summary>
    /// Plain copies, a row at a time, without look-ahead, allocation or native library. The fastest on a CPU.
    /// </summary>
    Managed = 1,

    /// <summary>
    /// The TorchSharp module on blocks of rows: on CUDA when <c>MLContext.GpuDeviceId</c> is set, else on the
    /// CPU. Needs native libtorch.
    /// </summary>
    Torch = 2,
}
