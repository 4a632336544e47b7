namespace MlNetNtd.Studies.Imitation;

/// <summary>Chooses moves by states.</summary>
internal interface IPolicy
{
    /// <summary>Chooses a move for each agent.</summary>
    /// <param name="states">The states, (N, 2), row-major, in token units.</param>
    /// <param name="moves">Receives the moves, (N, 2), row-major, in token units.</param>
    /// <param name="random">Decides among the moves that the policy holds possible.</param>
    void ChooseMoves(ReadOnlySpan<float> states, Span<float> moves, Random random);
}
