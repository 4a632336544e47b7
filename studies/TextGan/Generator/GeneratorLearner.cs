using TorchSharp.Modules;
using static TorchSharp.torch;

namespace MlNetNtd.Examples.TextGan;

/// <summary>Trains a generator by Adam, with clipped gradients.</summary>
internal sealed class GeneratorLearner : IDisposable
{
    private const double MaxGradientNorm = 1;

    private readonly Parameter[] _parameters;
    private readonly ScalarSafeAdam _optimizer;

    /// <summary>Prepares training. The network stays the caller's, on its device from now on.</summary>
    public GeneratorLearner(GeneratorNetwork network)
    {
        _parameters = [.. network.Trained().Select(entry => entry.Parameter)];
        _optimizer = new ScalarSafeAdam(_parameters);
    }

    /// <summary>The learning rate of the steps to come.</summary>
    public double Rate { get; set; }

    /// <summary>What it knows besides the network.</summary>
    public ScalarSafeAdamState State
    {
        get => _optimizer.GetState();
        set => _optimizer.SetState(value);
    }

    /// <summary>One step down a loss that was computed from the network's weights as they are.</summary>
    /// <returns>The loss before the step.</returns>
    /// <exception cref="UserErrorException">The loss is not finite.</exception>
    public double Step(Tensor loss)
    {
        _optimizer.zero_grad();
        loss.backward();
        var value = (double)loss.ItemSingle();
        var norm = nn.utils.clip_grad_norm_(_parameters, MaxGradientNorm);
        if (!double.IsFinite(value) || !double.IsFinite(norm))
            throw new UserErrorException("The generator's loss is no longer a finite number; another --seed may do better.");
        foreach (var group in _optimizer.ParamGroups)
            group.LearningRate = Rate;
        _optimizer.step();
        return value;
    }

    public void Dispose() => _optimizer.Dispose();
}
