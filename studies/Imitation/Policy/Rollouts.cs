namespace MlNetNtd.Studies.Imitation;

/// <summary>Walks of a policy, and what a policy gradient needs of them. Arrays are (T, N, 2), that of the noise (T, N, Z), row-major.</summary>
/// <param name="Walks">N walks.</param>
/// <param name="States">The states that the policy saw, in token units.</param>
/// <param name="Noise">The noise in its input.</param>
/// <param name="Moves">Its moves, in token units.</param>
internal sealed record Rollouts(IReadOnlyList<Walk> Walks, float[] States, float[] Noise, float[] Moves)
{
    /// <summary>Runs a policy.</summary>
    /// <param name="policy">The policy.</param>
    /// <param name="starts">The start of each walk.</param>
    /// <param name="exploration">The deviation of the noise added to its moves, in token units.</param>
    /// <param name="random">Decides the noise.</param>
    public static Rollouts Run(PolicyNetwork policy, IReadOnlyList<State> starts, double exploration, Random random)
    {
        var steps = ObstacleWorld.Steps * starts.Count;
        var (seen, noise, made) = (new float[steps * Tokens.StateSize], new float[steps * PolicyNetwork.NoiseSize], new float[steps * Tokens.MoveSize]);
        var walks = Simulation.Run(starts, (step, states, moves) =>
        {
            states.CopyTo(seen.AsSpan(step * states.Length));
            var drawn = noise.AsSpan(step * starts.Count * PolicyNetwork.NoiseSize, starts.Count * PolicyNetwork.NoiseSize);
            Gaussian.Fill(drawn, random);
            policy.ChooseMoves(states, drawn, moves);
            if (exploration > 0)
            {
                foreach (ref var value in moves)
                    value += (float)(exploration * Gaussian.Draw(random));
            }

            moves.CopyTo(made.AsSpan(step * moves.Length));
        });
        return new Rollouts(walks, seen, noise, made);
    }
}
