using Microsoft.ML.Runtime;
using TorchSharp;

namespace MlNetNtd;

/// <summary>The device of the network.</summary>
/// <param name="CudaIndex">The index of the CUDA device; null for the CPU.</param>
internal readonly record struct NetworkDevice(int? CudaIndex)
{
    /// <summary>Gets the TorchSharp device.</summary>
    public torch.Device Device => CudaIndex is { } index ? new torch.Device(DeviceType.CUDA, index) : torch.CPU;

    /// <summary>Chooses the device from the GPU settings of the context and the hardware.</summary>
    /// <exception cref="InvalidOperationException">
    /// The requested GPU is not available and the context allows no fallback, or libtorch is missing.
    /// </exception>
    public static NetworkDevice Choose(IHostEnvironment env)
    {
        if (env.GpuDeviceId() is { } index && CudaDevice.TryResolve(env, index, env.FallbackToCpu()))
            return new NetworkDevice(index);
        return LibTorchProbe.IsAvailable(out var reason)
            ? new NetworkDevice(null)
            : throw env.Unable(
                $"The discriminator needs native libtorch, which could not be loaded. {LibTorchProbe.GetInstallHint()}.", reason);
    }
}
