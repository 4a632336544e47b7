using Microsoft.ML.Runtime;

namespace MlNetNtd;

/// <summary>Checks that the GPU in a context's settings is available.</summary>
internal static class CudaDevice
{
    /// <summary>Gets whether a CUDA device is available. If not, logs the fallback to the CPU as a warning.</summary>
    /// <param name="context">Logs messages and marks errors.</param>
    /// <param name="index"><c>MLContext.GpuDeviceId</c>.</param>
    /// <param name="fallbackToCpu"><c>MLContext.FallbackToCpu</c>.</param>
    /// <returns>False if the caller should run on the CPU.</returns>
    /// <exception cref="InvalidOperationException">The device is not available, and no fallback is allowed.</exception>
    public static bool TryResolve(IHostEnvironment context, int index, bool fallbackToCpu)
    {
        var devices = LibTorchProbe.CudaDevices();
        if (index >= 0 && index < devices)
            return true;

        var found = devices switch
        {
            0 => "no CUDA device is available",
            1 => "the only CUDA device is 0",
            _ => $"the CUDA devices are 0 to {devices - 1}",
        };
        var problem = $"GpuDeviceId = {index}, but {found}";
        if (!fallbackToCpu)
        {
            throw context.Process(new InvalidOperationException(
                $"{problem}. Set MLContext.FallbackToCpu to run on the CPU instead."));
        }

        using var channel = context.Start(nameof(NextTokenDiscriminator));
        channel.Warning(MessageSensitivity.None, problem + "; running on the CPU.");
        return false;
    }
}
