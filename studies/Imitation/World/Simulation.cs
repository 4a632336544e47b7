namespace MlNetNtd.Studies.Imitation;

/// <summary>Lets agents walk side by side.</summary>
internal static class Simulation
{
    /// <summary>Walks from each start.</summary>
    /// <param name="starts">N starts.</param>
    /// <param name="choose">Chooses the moves of a step.</param>
    public static Walk[] Run(IReadOnlyList<State> starts, ChooseMoves choose)
    {
        var states = starts.Select(start => new List<State> { start }).ToArray();
        var moves = starts.Select(_ => new List<Move>()).ToArray();
        var (seen, made) = (new float[starts.Count * Tokens.StateSize], new float[starts.Count * Tokens.MoveSize]);
        for (var step = 0; step < ObstacleWorld.Steps; step++)
        {
            for (var n = 0; n < states.Length; n++)
                Tokens.Write(states[n][^1], seen.AsSpan(n * Tokens.StateSize));
            choose(step, seen, made);
            for (var n = 0; n < states.Length; n++)
            {
                moves[n].Add(Tokens.ToMove(made.AsSpan(n * Tokens.MoveSize)));
                states[n].Add(ObstacleWorld.Step(states[n][^1], moves[n][^1]));
            }
        }

        return [.. states.Zip(moves, (at, made) => new Walk(at, made))];
    }

    /// <summary>Chooses the moves of a step.</summary>
    /// <param name="step">From 0.</param>
    /// <param name="states">The states, (N, 2), row-major, in token units.</param>
    /// <param name="moves">Receives the moves, (N, 2), row-major, in token units.</param>
    internal delegate void ChooseMoves(int step, ReadOnlySpan<float> states, Span<float> moves);
}
