using static TorchSharp.torch;

namespace MlNetNtd.Studies.Imitation;

/// <summary>Trains a network by Adam, at a rate that falls to 0 by half a cosine.</summary>
internal sealed class PolicyLearner : IDisposable
{
    // Adam's beta2, below the usual 0.999.
    private const double SecondDecay = 0.99;

    private readonly ScalarSafeAdam _optimizer;
    private readonly double _rate;
    private readonly int _steps;
    private int _done;

    /// <param name="network">The network.</param>
    /// <param name="rate">The rate of the first step.</param>
    /// <param name="steps">The total number of steps.</param>
    /// <param name="momentum">Adam's beta1; 0 against an adversary that changes.</param>
    public PolicyLearner(nn.Module network, double rate, int steps, double momentum = 0.9)
    {
        (_rate, _steps) = (rate, steps);
        _optimizer = new ScalarSafeAdam(network.parameters(), rate, momentum, SecondDecay);
    }

    /// <summary>One step down a loss.</summary>
    /// <exception cref="InvalidOperationException">The loss is not finite.</exception>
    public void Step(Tensor loss)
    {
        _optimizer.zero_grad();
        loss.backward();
        if (!float.IsFinite(loss.ItemSingle()))
            throw new InvalidOperationException("A loss is not finite.");
        foreach (var group in _optimizer.ParamGroups)
            group.LearningRate = _rate * (1 + Math.Cos(Math.PI * _done / _steps)) / 2;
        _optimizer.step();
        _done++;
    }

    public void Dispose() => _optimizer.Dispose();
}
