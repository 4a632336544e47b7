using System.Runtime.InteropServices;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace MlNetNtd.Studies.Imitation;

/// <summary>
/// A softmax over 40 bins of the step to the side, then one over 40 bins of the step ahead, which depends on the bin drawn. Within a bin
/// all moves are equally likely.
/// </summary>
internal sealed class BinnedPolicy : nn.Module, IDensityPolicy
{
    /// <summary>The bins of each value of a move. They cover the experts' moves.</summary>
    public const int Bins = 40;

    private const int Ahead = 0;
    private const int Aside = 1;

    private readonly float[] _least = new float[Tokens.MoveSize];
    private readonly float[] _width = new float[Tokens.MoveSize];

    [ComponentName(Name = "aside")]
    private readonly Perceptron _aside;

    [ComponentName(Name = "ahead")]
    private readonly Perceptron _ahead;

    /// <summary>Creates a policy with random weights.</summary>
    /// <param name="experts">The walks whose moves the bins cover.</param>
    /// <param name="seed">Decides the weights.</param>
    public BinnedPolicy(IReadOnlyList<Walk> experts, int seed)
        : base(nameof(BinnedPolicy))
    {
        var random = new Random(seed);
        _aside = new Perceptron(Tokens.StateSize, Bins, random.Next());
        _ahead = new Perceptron(Tokens.StateSize + 1, Bins, random.Next());
        RegisterComponents();
        var moves = experts.SelectMany(walk => walk.Moves).Select(move =>
        {
            var values = new float[Tokens.MoveSize];
            Tokens.Write(move, values);
            return values;
        }).ToArray();
        for (var i = 0; i < Tokens.MoveSize; i++)
        {
            _least[i] = moves.Min(move => move[i]);
            _width[i] = (moves.Max(move => move[i]) - _least[i]) / Bins;
        }
    }

    public Tensor LogLikelihood(Tensor states, Tensor moves)
    {
        using var scope = NewDisposeScope();
        var (aside, ahead) = (ToBins(moves, Aside), ToBins(moves, Ahead));
        var sideways = _aside.forward(states).log_softmax(-1).gather(-1, aside);
        var forwards = _ahead.forward(cat([states, ToCenters(aside)], -1)).log_softmax(-1).gather(-1, ahead);
        return sideways.Add(forwards).squeeze(-1).MoveToOuterDisposeScope();
    }

    public void ChooseMoves(ReadOnlySpan<float> states, Span<float> moves, Random random)
    {
        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        var seen = tensor(states.ToArray(), [states.Length / Tokens.StateSize, Tokens.StateSize]);
        var aside = Draw(_aside.forward(seen), Aside, moves, random);
        Draw(_ahead.forward(cat([seen, ToCenters(aside)], -1)), Ahead, moves, random);
    }

    // Draws one value of each move from its bin, and returns the bins, (N, 1).
    private Tensor Draw(Tensor logits, int value, Span<float> moves, Random random)
    {
        var probabilities = MemoryMarshal.Cast<byte, float>(logits.softmax(-1).contiguous().bytes);
        var bins = new long[moves.Length / Tokens.MoveSize];
        for (var n = 0; n < bins.Length; n++)
        {
            bins[n] = Categorical.Draw(probabilities.Slice(n * Bins, Bins), random);
            moves[n * Tokens.MoveSize + value] = (float)(_least[value] + (bins[n] + random.NextDouble()) * _width[value]);
        }

        return tensor(bins, [bins.Length, 1]);
    }

    private Tensor ToBins(Tensor moves, int value) =>
        moves.narrow(-1, value, 1).AddScalar(-_least[value]).Div(Math.Max(_width[value], float.Epsilon)).Clamp(0, Bins - 1).to(ScalarType.Int64);

    private Tensor ToCenters(Tensor aside) => aside.to(ScalarType.Float32).AddScalar(0.5).Mul(_width[Aside]).AddScalar(_least[Aside]);
}
