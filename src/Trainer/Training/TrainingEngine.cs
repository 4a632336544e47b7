using Microsoft.ML.Runtime;
using TorchSharp;

namespace MlNetNtd;

/// <summary>What computes a training, chosen from the options, the context's GPU settings, the hardware and the masks of the rows.</summary>
/// <param name="Kind"><see cref="EngineKind.Managed"/> or <see cref="EngineKind.Torch"/>, never Auto.</param>
/// <param name="CudaIndex">The index of the Torch engine's CUDA device; null for the CPU.</param>
internal readonly record struct TrainingEngine(EngineKind Kind, int? CudaIndex)
{
    /// <summary>Chooses the engine before the rows are read.</summary>
    /// <exception cref="InvalidOperationException">
    /// The requested GPU is not available and the context allows no fallback, or the engine needs libtorch and it is missing.
    /// </exception>
    public static TrainingEngine Choose(IHostEnvironment env, NextTokenDiscriminatorTrainer.Options options)
    {
        if (options.AttentionDropout > 0 && options.Engine == EngineKind.Auto)
        {
            return env.GpuDeviceId() is { } index && CudaDevice.TryResolve(env, index, env.FallbackToCpu())
                ? new TrainingEngine(EngineKind.Torch, index)
                : TorchOnCpu(env, "AttentionDropout above 0");
        }

        var (kind, cudaIndex) = ScoringEngine.Choose(env, options.Engine, options.Precision);
        return new TrainingEngine(kind, cudaIndex);
    }

    /// <summary>Chooses the engine for rows that are read: those under another mask than the next-token rule need the Torch engine.</summary>
    /// <param name="env">The environment.</param>
    /// <param name="options">The trainer's options.</param>
    /// <param name="data">The rows.</param>
    /// <param name="maskColumn">The column of the masks.</param>
    /// <exception cref="InvalidOperationException">The rows need the Torch engine, but the options ask for the managed one, or libtorch is missing.</exception>
    public TrainingEngine ForRows(IHostEnvironment env, NextTokenDiscriminatorTrainer.Options options, TrainingDataset data, string maskColumn)
    {
        var rows = data.Training.Rows + data.Validation.Rows;
        var others = rows - data.Training.RowsUnderRule - data.Validation.RowsUnderRule;
        if (Kind == EngineKind.Torch || others == 0)
            return this;
        return options.Engine == EngineKind.Managed
            ? throw env.Unable(
                $"Column '{maskColumn}': expected masks that follow the next-token rule, because Engine = Managed computes no other, found others in {others} of {rows} rows. Use Engine = Auto or Torch.")
            : TorchOnCpu(env, $"A mask of column '{maskColumn}' that does not follow the next-token rule");
    }

    /// <summary>Creates the engine.</summary>
    public ITrainingEngine Create(IHostEnvironment env, StateDictionary weights, TrainingEngineSettings settings) => Kind == EngineKind.Managed
        ? new ManagedTrainingEngine(env, weights, settings)
        : CreateTorch(weights, settings);

    /// <summary>Describes the device.</summary>
    public override string ToString() => CudaIndex is { } index ? $"cuda:{index}" : "cpu";

    // A method of its own: the JIT loads TorchSharp only where it is called.
    private TorchTrainingEngine CreateTorch(StateDictionary weights, TrainingEngineSettings settings) =>
        new(weights, settings, CudaIndex is { } index ? new torch.Device(DeviceType.CUDA, index) : torch.CPU);

    private static TrainingEngine TorchOnCpu(IHostEnvironment env, string reason) => LibTorchProbe.IsAvailable(out var error)
        ? new TrainingEngine(EngineKind.Torch, null)
        : throw env.Unable($"{reason} needs native libtorch, which could not be loaded. {LibTorchProbe.GetInstallHint()}.", error);
}
