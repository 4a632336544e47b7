using Microsoft.ML;

namespace MlNetNtd.Examples.Quickstart;

/// <summary>Which engine combines the rows, and where.</summary>
/// <param name="Engine">The engine that <see cref="EngineKind.Auto"/> takes.</param>
/// <param name="Device">The device that it runs on.</param>
/// <param name="Reason">Why this one.</param>
internal sealed record Compute(EngineKind Engine, string Device, string Reason)
{
    /// <summary>Asks a context for the first CUDA device where there is one, and leaves it alone where not.</summary>
    public static Compute ChooseFor(MLContext mlContext)
    {
        // Where there is none, the managed engine needs no native libtorch at all.
        if (!Cuda.IsAvailable())
            return new Compute(EngineKind.Managed, "CPU", "no CUDA device was found, so none was asked for");

        mlContext.GpuDeviceId = 0;
        // An error rather than another device than the one that is about to be printed.
        mlContext.FallbackToCpu = false;
        return new Compute(EngineKind.Torch, "cuda:0", "a CUDA device was found: MLContext.GpuDeviceId = 0");
    }
}
