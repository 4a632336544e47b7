using Microsoft.ML.Runtime;
using TorchSharp;

namespace MlNetNtd;

/// <summary>Which engine runs, and where: the option, the context's GPU settings and the machine, put together.</summary>
/// <param name="Kind"><see cref="EngineKind.Managed"/> or <see cref="EngineKind.Torch"/>, never Auto.</param>
/// <param name="CudaIndex">The CUDA device of the Torch engine; null: the CPU.</param>
internal readonly record struct EngineChoice(EngineKind Kind, int? CudaIndex)
{
    /// <summary>Decides.</summary>
    /// <param name="context">Where a fallback is logged and errors are marked.</param>
    /// <param name="asked">The option.</param>
    /// <param name="gpuDeviceId"><c>MLContext.GpuDeviceId</c>.</param>
    /// <param name="fallbackToCpu"><c>MLContext.FallbackToCpu</c>.</param>
    /// <exception cref="InvalidOperationException">
    /// The GPU asked for is not there and no fallback is allowed, or the Torch engine is asked for and libtorch is
    /// missing.
    /// </exception>
    public static EngineChoice Make(IHostEnvironment context, EngineKind asked, int? gpuDeviceId, bool fallbackToCpu)
    {
        var choice = Decide(context, asked, gpuDeviceId, fallbackToCpu);
        using var channel = context.Start(nameof(NextTokenDiscriminator));
        channel.Info(MessageSensitivity.None, choice.Kind == EngineKind.Managed ? "Managed engine." : $"Torch engine on {choice.Device}.");
        return choice;
    }

    /// <summary>The device of the Torch engine.</summary>
    public torch.Device Device => CudaIndex is { } index ? new torch.Device(DeviceType.CUDA, index) : torch.CPU;

    private static EngineChoice Decide(IHostEnvironment context, EngineKind asked, int? gpuDeviceId, bool fallbackToCpu)
    {
        if (asked == EngineKind.Managed || (asked == EngineKind.Auto && gpuDeviceId is null))
            return new EngineChoice(EngineKind.Managed, null);

        var cuda = gpuDeviceId is { } index && CudaDevice.TryResolve(context, index, fallbackToCpu) ? gpuDeviceId : null;
        if (asked == EngineKind.Auto && cuda is null)
            return new EngineChoice(EngineKind.Managed, null);
        if (cuda is null && !LibTorchProbe.IsAvailable(out var reason))
        {
            throw context.Unable(
                $"Engine = Torch needs native libtorch, which could not be loaded. {LibTorchProbe.GetInstallHint()}, or use Engine = Managed.", reason);
        }

        return new EngineChoice(EngineKind.Torch, cuda);
    }
}
