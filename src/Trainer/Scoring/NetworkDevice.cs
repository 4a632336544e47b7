using Microsoft.ML.Runtime;
using TorchSharp;

namespace MlNetNtd;

/// <summary>Where the network runs: the context's GPU settings and the machine, put together.</summary>
/// <param name="CudaIndex">The CUDA device; null: the CPU.</param>
internal readonly record struct NetworkDevice(int? CudaIndex)
{
    public torch.Device Device => CudaIndex is { } index ? new torch.Device(DeviceType.CUDA, index) : torch.CPU;

    /// <summary>Decides.</summary>
    /// <exception cref="InvalidOperationException">
    /// The GPU asked for is not there and no fallback is allowed, or libtorch is missing.
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
