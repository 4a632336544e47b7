namespace MlNetNtd.Benchmarks.Quality;

/// <summary>Converts probabilities to logits.</summary>
internal static class Logit
{
    private const double Smallest = 1e-7;

    /// <summary>Converts a probability. One at 0 or 1 is moved inside by 1e-7, because its logarithm is not finite.</summary>
    public static float FromProbability(float probability)
    {
        var inside = Math.Clamp(probability, Smallest, 1 - Smallest);
        return (float)Math.Log(inside / (1 - inside));
    }
}
