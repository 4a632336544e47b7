namespace MlNetNtd;

/// <summary>Picks one of some draws of a generator, with a probability proportional to exp(alpha * score).</summary>
/// <remarks>
/// <para>
/// A discriminator that is trained to tell real tokens from generated ones has the logit log(real / generated probability) at best. The
/// pick therefore corrects the generator, which stays as it is: sampling importance resampling, applied to each position. The more draws,
/// the closer the picks are to the residual distribution, generator * exp(alpha * score).
/// </para>
/// <para>
/// A pick depends on the seed, the sequence and the position alone, not on earlier ones. The class is immutable: any number of threads may
/// use it.
/// </para>
/// </remarks>
public sealed class CandidateResampler
{
    // Beyond it no score makes a difference, and products with scores stay finite.
    private const double MaxAlpha = 1e9;

    // The numbers of draws are 0 and above.
    private const long PickPurpose = -1;

    private readonly int _seed;

    /// <summary>Creates a resampler.</summary>
    /// <param name="alpha">The factor of scores. 0: each draw is equally likely, which gives the generator back.</param>
    /// <param name="seed">Decides the picks.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="alpha"/> is not finite, or beyond 1e9.</exception>
    public CandidateResampler(double alpha = 1, int seed = 1)
    {
        if (!IsValid(alpha))
            throw new ArgumentOutOfRangeException(nameof(alpha), $"alpha: {GetProblem(alpha)}.");
        (Alpha, _seed) = (alpha, seed);
    }

    /// <summary>Gets the factor of scores.</summary>
    public double Alpha { get; }

    /// <summary>Picks one of the candidates.</summary>
    /// <param name="scores">The scores of the K candidates.</param>
    /// <param name="sequence">The number of the sequence.</param>
    /// <param name="position">The position of the candidates in it.</param>
    /// <returns>The index of the candidate, 0 to K - 1.</returns>
    /// <exception cref="ArgumentException">There are no candidates, or a score is not finite.</exception>
    public int Pick(ReadOnlySpan<float> scores, long sequence, int position)
    {
        if (scores.IsEmpty)
            throw new ArgumentException("scores: expected at least one candidate, found none.", nameof(scores));
        if (FiniteCheck.IndexOfNonFinite(scores) is >= 0 and var index)
            throw new ArgumentException(FormattableString.Invariant($"scores: expected finite values, found {scores[index]} for candidate {index}."), nameof(scores));
        var normalizer = LogSumExp(scores, Alpha);
        var left = SplitMix64.ToUnitInterval(SplitMix64.Hash(_seed, sequence, position, PickPurpose));
        for (var i = 0; i < scores.Length - 1; i++)
        {
            left -= Math.Exp(Alpha * scores[i] - normalizer);
            if (left < 0)
                return i;
        }

        // Probabilities need not sum to exactly 1.
        return scores.Length - 1;
    }

    internal static bool IsValid(double alpha) => Math.Abs(alpha) <= MaxAlpha;

    internal static string GetProblem(double alpha) => FormattableString.Invariant($"expected a finite value from -1E9 to 1E9, found {alpha}");

    /// <summary>Computes log(sum(exp(alpha * score))).</summary>
    internal static double LogSumExp(ReadOnlySpan<float> scores, double alpha)
    {
        var largest = double.NegativeInfinity;
        foreach (var score in scores)
            largest = Math.Max(largest, alpha * score);
        var sum = 0.0;
        foreach (var score in scores)
            sum += Math.Exp(alpha * score - largest);
        return largest + Math.Log(sum);
    }
}
