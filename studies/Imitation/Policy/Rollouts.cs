using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace MlNetNtd.Studies.Imitation;

/// <summary>Walks of a policy. Arrays are (T, N, 2), that of the noise (T, N, Z), row-major.</summary>
/// <param name="Walks">N walks.</param>
/// <param name="States">The states that the policy saw, in token units.</param>
/// <param name="Noise">The noise in its input.</param>
/// <param name="Moves">Its moves, in token units.</param>
internal sealed record Rollouts(IReadOnlyList<Walk> Walks, float[] States, float[] Noise, float[] Moves)
{
    private const int Width = 2;
    private const int NoiseWidth = PolicyNetwork.NoiseSize;

    /// <summary>Runs a policy.</summary>
    /// <param name="policy">The policy.</param>
    /// <param name="starts">The start of each walk.</param>
    /// <param name="exploration">The deviation of the noise added to its moves, in token units.</param>
    /// <param name="random">Decides the noise.</param>
    public static Rollouts Run(PolicyNetwork policy, IReadOnlyList<State> starts, double exploration, Random random)
    {
        var count = starts.Count;
        var states = starts.Select(start => new List<State> { start }).ToArray();
        var moves = starts.Select(_ => new List<Move>()).ToArray();
        var all = new Rollouts([.. states.Zip(moves, (at, made) => new Walk(at, made))], Array(Width), Array(NoiseWidth), Array(Width));
        using var quiet = no_grad();
        for (var i = 0; i < ObstacleWorld.Steps; i++)
        {
            var step = new Range(i * count * Width, (i + 1) * count * Width);
            var seen = all.States.AsSpan(step);
            var noise = all.Noise.AsSpan(i * count * NoiseWidth, count * NoiseWidth);
            var made = all.Moves.AsSpan(step);
            for (var n = 0; n < count; n++)
                Tokens.Write(states[n][^1], seen[(n * Width)..]);
            foreach (ref var value in noise)
                value = (float)Gaussian.Draw(random);

            using (NewDisposeScope())
            {
                var wanted = policy.forward(Tensor(seen), Tensor(noise));
                MemoryMarshal.Cast<byte, float>(wanted.bytes).CopyTo(made);
            }

            if (exploration > 0)
            {
                foreach (ref var value in made)
                    value += (float)(exploration * Gaussian.Draw(random));
            }

            for (var n = 0; n < count; n++)
            {
                moves[n].Add(Tokens.ToMove(made[(n * Width)..]));
                states[n].Add(ObstacleWorld.Step(states[n][^1], moves[n][^1]));
            }
        }

        return all;

        float[] Array(int width) => new float[ObstacleWorld.Steps * count * width];
        Tensor Tensor(Span<float> values) => tensor(values.ToArray(), [count, values.Length / count]);
    }
}
