using TorchSharp.Utils;
using static TorchSharp.torch;

namespace MlNetNtd.Studies.Imitation;

/// <summary>The policy of all three learners: a state and noise in, a move out. The noise lets it choose a side.</summary>
internal sealed class PolicyNetwork : nn.Module<Tensor, Tensor, Tensor>
{
    /// <summary>Values of noise a step, normally distributed.</summary>
    public const int NoiseSize = 2;

    // In token units.
    private const double LongestMove = 4;

    [ComponentName(Name = "layers")]
    private readonly Perceptron _layers;

    /// <summary>Makes a policy with random weights.</summary>
    public PolicyNetwork(int seed)
        : base(nameof(PolicyNetwork))
    {
        _layers = new Perceptron(Tokens.StateSize + NoiseSize, Tokens.MoveSize, seed);
        RegisterComponents();
    }

    /// <summary>Computes moves.</summary>
    /// <param name="input1">States, (..., 2).</param>
    /// <param name="input2">Noise, (..., NoiseSize).</param>
    /// <returns>Moves, (..., 2).</returns>
    public override Tensor forward(Tensor input1, Tensor input2)
    {
        using var scope = NewDisposeScope();
        var wanted = _layers.forward(cat([input1, input2], -1));
        // Moves are bounded: far from all moves of experts, the adversary's score has no slope.
        return wanted.Div(LongestMove).tanh().Mul(LongestMove).MoveToOuterDisposeScope();
    }

    /// <summary>Copies the policy.</summary>
    public PolicyNetwork Copy()
    {
        var copy = new PolicyNetwork(seed: 0);
        using var same = new ExponentialMovingAverage(this);
        same.CopyTo(copy);
        return copy;
    }
}
