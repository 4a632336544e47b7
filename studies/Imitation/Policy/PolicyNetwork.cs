using System.Runtime.InteropServices;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace MlNetNtd.Studies.Imitation;

/// <summary>The policy of regression and of both adversarial learners: a state and noise in, a move out. The noise lets it choose a side.</summary>
internal sealed class PolicyNetwork : nn.Module<Tensor, Tensor, Tensor>, IPolicy
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

    /// <summary>Chooses moves by states and noise, as spans.</summary>
    /// <param name="states">States, (N, 2), row-major.</param>
    /// <param name="noise">Noise, (N, NoiseSize), row-major.</param>
    /// <param name="moves">Receives the moves, (N, 2), row-major.</param>
    public void ChooseMoves(ReadOnlySpan<float> states, ReadOnlySpan<float> noise, Span<float> moves)
    {
        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        var count = states.Length / Tokens.StateSize;
        var chosen = forward(tensor(states.ToArray(), [count, Tokens.StateSize]), tensor(noise.ToArray(), [count, NoiseSize]));
        MemoryMarshal.Cast<byte, float>(chosen.bytes).CopyTo(moves);
    }

    /// <inheritdoc/>
    public void ChooseMoves(ReadOnlySpan<float> states, Span<float> moves, Random random)
    {
        var noise = new float[states.Length / Tokens.StateSize * NoiseSize];
        Gaussian.Fill(noise, random);
        ChooseMoves(states, noise, moves);
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
