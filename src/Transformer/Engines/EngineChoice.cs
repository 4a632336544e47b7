using Microsoft.ML.Runtime;
using TorchSharp;

namespace MlNetNtd;

/// <summary>The engine and device that run, chosen from the option, the context's GPU settings and the available hardware.</summary>
/// <param name="Kind"><see cref="EngineKind.Managed"/> or <see cref="EngineKind.Torch"/>, never Auto.</param>
/// <param name="CudaIndex">The index of the Torch engine's CUDA device; null for the CPU.</param>
internal readonly record struct EngineChoice(EngineKind Kind, int? CudaIndex)
{
    /// <summary>Chooses the engine and logs the choice.</summary>
    /// <param name="context">Logs messages and marks errors.</param>
    /// <param name="requested">The requested engine.</param>
    /// <param name="gpuDeviceId"><c>MLContext.GpuDeviceId</c>.</param>
    /// <param name="fallbackToCpu"><c>MLContext.FallbackToCpu</c>.</param>
    /// <exception cref="InvalidOperationException">
    /// The requested GPU is not available and no fallback is allowed, or the Torch engine is requested and libtorch is
    /// missing.
    /// </exception>
    public static EngineChoice Make(IHostEnvironment context, EngineKind requested, int? gpuDeviceId, bool fallbackToCpu)
    {
        var choice = Choose(context, requested, gpuDeviceId, fallbackToCpu);
        using var channel = context.Start(nameof(NextTokenDiscriminator));
        channel.Info(MessageSensitivity.None, choice.Kind == EngineKind.Managed ? "Managed engine." : $"Torch engine on {choice.Device}.");
        return choice;
    }

    /// <summary>The device of the Torch engine.</summary>
    public torch.Device Device => CudaIndex is { } index ? new torch.Device(DeviceType.CUDA, index) : torch.CPU;

    private static EngineChoice Choose(IHostEnvironment context, EngineKind requested, int? gpuDeviceId, bool fallbackToCpu)
    {
        if (requested == EngineKind.Managed || (requested == EngineKind.Auto && gpuDeviceId is null))
            return new EngineChoice(EngineKind.Managed, null);

        var cuda = gpuDeviceId is { } index && CudaDevice.TryResolve(context, index, fallbackToCpu) ? gpuDeviceId : null;
        if (requested == EngineKind.Auto && cuda is null)
            return new EngineChoice(EngineKind.Managed, null);
        if (cuda is null && !LibTorchProbe.IsAvailable(out var reason))
        {
            throw context.Unable(
                $"Engine = Torch needs native libtorch, which could not be loaded. {LibTorchProbe.GetInstallHint()}, or use Engine = Managed.", reason);
        }

        return new EngineChoice(EngineKind.Torch, cuda);
    }
}
