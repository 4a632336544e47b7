using System.Runtime.InteropServices;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace MlNetNtd.Studies.Imitation;

/// <summary>A mixture-density network: the move is drawn from a mixture of normal distributions that depends on the state.</summary>
internal sealed class MixturePolicy : nn.Module, IDensityPolicy
{
    private const int Components = 8;

    // Of a component: its weight, and a mean and a deviation for each value of a move.
    private const int Outputs = Components * (1 + 2 * Tokens.MoveSize);

    // In token units; an expert's own unsteadiness is 0.1 to 0.2. Without a bound, a component around a single move has any density.
    private const double LeastDeviation = 0.05;
    private const double LargestDeviation = 2;

    [ComponentName(Name = "layers")]
    private readonly Perceptron _layers;

    /// <summary>Creates a policy with random weights.</summary>
    public MixturePolicy(int seed)
        : base(nameof(MixturePolicy))
    {
        _layers = new Perceptron(Tokens.StateSize, Outputs, seed);
        RegisterComponents();
    }

    public Tensor LogLikelihood(Tensor states, Tensor moves)
    {
        using var scope = NewDisposeScope();
        var (logits, means, logDeviations) = Split(_layers.forward(states));
        var distance = moves.unsqueeze(-2).sub(means).div(logDeviations.exp());
        var densities = distance.Square().Mul(-0.5).sub(logDeviations).sum(-1);
        return logits.log_softmax(-1).Add(densities).logsumexp(-1).MoveToOuterDisposeScope();
    }

    public void ChooseMoves(ReadOnlySpan<float> states, Span<float> moves, Random random)
    {
        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        var (logits, means, logDeviations) = Split(_layers.forward(tensor(states.ToArray(), [states.Length / Tokens.StateSize, Tokens.StateSize])));
        var (weight, mean, deviation) = (ToArray(logits.softmax(-1)), ToArray(means), ToArray(logDeviations.exp()));
        for (var n = 0; n < moves.Length / Tokens.MoveSize; n++)
        {
            var component = n * Components + Categorical.Draw(weight.AsSpan(n * Components, Components), random);
            for (var i = 0; i < Tokens.MoveSize; i++)
            {
                var at = component * Tokens.MoveSize + i;
                moves[n * Tokens.MoveSize + i] = (float)(mean[at] + deviation[at] * Gaussian.Draw(random));
            }
        }
    }

    // (..., K), (..., K, 2) and (..., K, 2).
    private static (Tensor Logits, Tensor Means, Tensor LogDeviations) Split(Tensor outputs)
    {
        const int values = Components * Tokens.MoveSize;
        long[] shape = [.. outputs.shape[..^1], Components, Tokens.MoveSize];
        return (outputs.narrow(-1, 0, Components),
            outputs.narrow(-1, Components, values).reshape(shape),
            outputs.narrow(-1, Components + values, values).reshape(shape).Clamp(Math.Log(LeastDeviation), Math.Log(LargestDeviation)));
    }

    private static float[] ToArray(Tensor values) => MemoryMarshal.Cast<byte, float>(values.contiguous().bytes).ToArray();
}
