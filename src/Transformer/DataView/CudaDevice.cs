using Microsoft.ML.Runtime;

namespace MlNetNtd;

/// <summary>The GPU that a context asks for, and whether it is there.</summary>
internal static class CudaDevice
{
    /// <summary>Whether a CUDA device is there. If not, a fallback to the CPU is logged.</summary>
    /// <param name="context">Where it is logged and errors are marked.</param>
    /// <param name="index"><c>MLContext.GpuDeviceId</c>.</param>
    /// <param name="fallbackToCpu"><c>MLContext.FallbackToCpu</c>.</param>
    /// <exception cref="InvalidOperationException">It is not there, and no fallback is allowed.</exception>
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
