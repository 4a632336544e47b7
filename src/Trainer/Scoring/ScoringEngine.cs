using Microsoft.ML.Runtime;
using TorchSharp;

namespace MlNetNtd;

/// <summary>What computes scores, chosen from the option, the context's GPU settings, the network's precision and the hardware.</summary>
/// <param name="Kind"><see cref="EngineKind.Managed"/> or <see cref="EngineKind.Torch"/>, never Auto.</param>
/// <param name="CudaIndex">The index of the Torch engine's CUDA device; null for the CPU.</param>
internal readonly record struct ScoringEngine(EngineKind Kind, int? CudaIndex)
{
    /// <summary>Chooses the engine.</summary>
    /// <param name="env">The environment, which has the GPU settings.</param>
    /// <param name="requested">The requested engine.</param>
    /// <param name="precision">The precision that the network computes with.</param>
    /// <exception cref="InvalidOperationException">
    /// The requested GPU is not available and the context allows no fallback, or the engine needs libtorch and it is missing.
    /// </exception>
    public static ScoringEngine Choose(IHostEnvironment env, EngineKind requested, ComputePrecision precision)
    {
        if (requested == EngineKind.Managed)
            return new ScoringEngine(EngineKind.Managed, null);
        if (env.GpuDeviceId() is { } index && CudaDevice.TryResolve(env, index, env.FallbackToCpu()))
            return new ScoringEngine(EngineKind.Torch, index);
        if (requested == EngineKind.Auto && precision == ComputePrecision.Single)
            return new ScoringEngine(EngineKind.Managed, null);
        var (option, alternative) = requested == EngineKind.Torch ? ("Engine = Torch", ", or use Engine = Managed") : ($"Precision = {precision}", "");
        return LibTorchProbe.IsAvailable(out var reason)
            ? new ScoringEngine(EngineKind.Torch, null)
            : throw env.Unable($"{option} needs native libtorch, which could not be loaded. {LibTorchProbe.GetInstallHint()}{alternative}.", reason);
    }

    /// <summary>Creates what computes scores.</summary>
    public IRowScorer Create(IHostEnvironment env, StateDictionary weights) => Kind == EngineKind.Managed
        ? new ManagedRowScorer(env, weights)
        : CreateTorch(weights);

    // A method of its own: the JIT loads TorchSharp only where it is called.
    private TorchRowScorer CreateTorch(StateDictionary weights) =>
        new(weights, CudaIndex is { } index ? new torch.Device(DeviceType.CUDA, index) : torch.CPU);
}
