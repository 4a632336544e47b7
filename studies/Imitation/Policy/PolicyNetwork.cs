using TorchSharp.Utils;
using static TorchSharp.torch;

namespace MlNetNtd.Examples.Imitation;

/// <summary>The policy of all three learners: a state and noise in, a move out. The noise lets it be of two minds.</summary>
internal sealed class PolicyNetwork : nn.Module<Tensor, Tensor, Tensor>
{
    /// <summary>Values of noise a step, normally distributed.</summary>
    public const int NoiseSize = 2;

    // As tokens hold moves.
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

    /// <summary>Says what to do.</summary>
    /// <param name="input1">States, (..., 2).</param>
    /// <param name="input2">Noise, (..., NoiseSize).</param>
    /// <returns>Moves, (..., 2).</returns>
    public override Tensor forward(Tensor input1, Tensor input2)
    {
        using var scope = NewDisposeScope();
        var wanted = _layers.forward(cat([input1, input2], -1));
        // No step is longer: far from all moves of experts, an adversary's opinion has no slope to follow back.
        return wanted.Div(LongestMove).tanh().Mul(LongestMove).MoveToOuterDisposeScope();
    }

    /// <summary>The same policy, to be trained on its own.</summary>
    public PolicyNetwork Copy()
    {
        var copy = new PolicyNetwork(seed: 0);
        using var same = new ExponentialMovingAverage(this);
        same.CopyTo(copy);
        return copy;
    }
}
