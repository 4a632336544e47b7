using Microsoft.ML.Runtime;
using TorchSharp;

namespace MlNetNtd;

/// <summary>What of libtorch is on this machine, and what that means for the GPU that a context asks for.</summary>
internal static class TorchRuntime
{
    /// <summary>Whether native libtorch can be loaded; otherwise why not. Never throws.</summary>
    public static bool IsAvailable(out Exception? reason)
    {
        reason = null;
        try
        {
            return torch.TryInitializeDeviceType(DeviceType.CPU);
        }
        catch (Exception e) when (IsMissingLibrary(e))
        {
            reason = e;
            return false;
        }
    }

    /// <summary>The number of CUDA devices; 0 where libtorch, its CUDA build or a driver is missing. Never throws.</summary>
    public static int CudaDevices()
    {
        try
        {
            return torch.TryInitializeDeviceType(DeviceType.CUDA) && torch.cuda.is_available() ? torch.cuda.device_count() : 0;
        }
        catch (Exception e) when (IsMissingLibrary(e))
        {
            return 0;
        }
    }

    /// <summary>Whether the CUDA device that the context asks for is there. If not, a fallback to the CPU is logged.</summary>
    /// <exception cref="InvalidOperationException">It is not there, and no fallback is allowed.</exception>
    public static bool FindCuda(IHostEnvironment context, int index, bool fallbackToCpu)
    {
        var devices = CudaDevices();
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

    // TorchSharp reports a missing library by what its loader met, sometimes inside a type initializer.
    private static bool IsMissingLibrary(Exception e) =>
        e is DllNotFoundException or NotSupportedException or EntryPointNotFoundException or BadImageFormatException
            or FileNotFoundException or InvalidOperationException
        || (e is TypeInitializationException { InnerException: { } inner } && IsMissingLibrary(inner));
}
