namespace MlNetNtd.Studies.Imitation;

/// <summary>Makes the move that an expert made in one of the 5 states nearest to the agent's, drawn at random. Nothing is trained.</summary>
internal sealed class NearestNeighbors : IPolicy
{
    /// <summary>The number of states to draw from.</summary>
    public const int Count = 5;

    private readonly float[] _states;
    private readonly float[] _moves;

    /// <summary>Keeps the states and moves of experts.</summary>
    public NearestNeighbors(IReadOnlyList<Walk> experts)
    {
        var tokens = experts.SelectMany(walk => Tokens.Encode(walk, 0, walk.Moves.Count).Chunk(Tokens.Dimension)).ToArray();
        _states = [.. tokens.SelectMany(token => token[..Tokens.StateSize])];
        _moves = [.. tokens.SelectMany(token => token[Tokens.StateSize..])];
    }

    public void ChooseMoves(ReadOnlySpan<float> states, Span<float> moves, Random random)
    {
        Span<int> nearest = stackalloc int[Count];
        for (var n = 0; n < states.Length / Tokens.StateSize; n++)
        {
            var found = Find(states[n * Tokens.StateSize], states[n * Tokens.StateSize + 1], nearest);
            var chosen = nearest[random.Next(found)];
            _moves.AsSpan(chosen * Tokens.MoveSize, Tokens.MoveSize).CopyTo(moves[(n * Tokens.MoveSize)..]);
        }
    }

    // Finds the nearest states, nearest first, and returns their number.
    private int Find(float x, float y, Span<int> nearest)
    {
        Span<float> distances = stackalloc float[Count];
        distances.Fill(float.PositiveInfinity);
        var states = _states.Length / Tokens.StateSize;
        for (var state = 0; state < states; state++)
        {
            var (dx, dy) = (_states[state * Tokens.StateSize] - x, _states[state * Tokens.StateSize + 1] - y);
            var distance = dx * dx + dy * dy;
            if (distance >= distances[^1])
                continue;
            var at = Count - 1;
            for (; at > 0 && distances[at - 1] > distance; at--)
                (distances[at], nearest[at]) = (distances[at - 1], nearest[at - 1]);
            (distances[at], nearest[at]) = (distance, state);
        }

        return Math.Min(Count, states);
    }
}
