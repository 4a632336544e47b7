using static TorchSharp.torch;

namespace MlNetNtd.Examples.Imitation;

/// <summary>Trains a network by Adam, at a rate that falls to nothing by half a cosine.</summary>
internal sealed class PolicyLearner : IDisposable
{
    // The squares of gradients forget sooner than usual, too.
    private const double SecondDecay = 0.99;

    private readonly ScalarSafeAdam _optimizer;
    private readonly double _rate;
    private readonly int _steps;
    private int _done;

    /// <param name="network">Stays the caller's.</param>
    /// <param name="rate">The rate of the first step.</param>
    /// <param name="steps">All there will be.</param>
    /// <param name="momentum">What Adam keeps of earlier gradients: less than usual where an adversary moves on.</param>
    public PolicyLearner(nn.Module network, double rate, int steps, double momentum = 0.9)
    {
        (_rate, _steps) = (rate, steps);
        _optimizer = new ScalarSafeAdam(network.parameters(), rate, momentum, SecondDecay);
    }

    /// <summary>One step down a loss.</summary>
    /// <exception cref="UserErrorException">The loss is not finite.</exception>
    public void Step(Tensor loss)
    {
        _optimizer.zero_grad();
        loss.backward();
        if (!float.IsFinite(loss.ItemSingle()))
            throw new UserErrorException("A loss is no longer a finite number; another --seed may do better.");
        foreach (var group in _optimizer.ParamGroups)
            group.LearningRate = _rate * (1 + Math.Cos(Math.PI * _done / _steps)) / 2;
        _optimizer.step();
        _done++;
    }

    public void Dispose() => _optimizer.Dispose();
}
