using TorchSharp.Modules;
using static TorchSharp.torch;

namespace MlNetNtd.Studies.TextGan;

/// <summary>Trains a generator by Adam, with clipped gradients.</summary>
internal sealed class GeneratorLearner : IDisposable
{
    private const double MaxGradientNorm = 1;

    private readonly Parameter[] _parameters;
    private readonly ScalarSafeAdam _optimizer;

    /// <summary>Prepares training of a network, which stays on its device.</summary>
    public GeneratorLearner(GeneratorNetwork network)
    {
        _parameters = [.. network.named_parameters().Select(entry => entry.parameter)];
        _optimizer = new ScalarSafeAdam(_parameters);
    }

    /// <summary>Gets or sets the learning rate.</summary>
    public double Rate { get; set; }

    /// <summary>Gets or sets the optimizer's state.</summary>
    public ScalarSafeAdamState State
    {
        get => _optimizer.GetState();
        set => _optimizer.SetState(value);
    }

    /// <summary>Takes a step down a loss.</summary>
    /// <returns>The loss before the step.</returns>
    /// <exception cref="InvalidOperationException">The loss is not finite.</exception>
    public double Step(Tensor loss)
    {
        _optimizer.zero_grad();
        loss.backward();
        var value = (double)loss.ItemSingle();
        var norm = nn.utils.clip_grad_norm_(_parameters, MaxGradientNorm);
        if (!double.IsFinite(value) || !double.IsFinite(norm))
            throw new InvalidOperationException("The generator's loss is not finite.");
        foreach (var group in _optimizer.ParamGroups)
            group.LearningRate = Rate;
        _optimizer.step();
        return value;
    }

    public void Dispose() => _optimizer.Dispose();
}
