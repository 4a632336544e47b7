namespace MlNetNtd;

/// <summary>Fits alpha by maximum likelihood.</summary>
/// <remarks>
/// Each position has a real token and K - 1 draws of the generator. The residual model says that the real token is the one among the K
/// with the probability softmax(alpha * scores): its log-likelihood is concave in alpha, and has its maximum at 1 if a score is the true
/// log-ratio, whatever K is.
/// </remarks>
internal static class AlphaFit
{
    private const int Bisections = 60;

    /// <summary>Finds alpha.</summary>
    /// <param name="scores">The scores, K for each position, the real token's first.</param>
    /// <param name="candidates">K.</param>
    /// <exception cref="InvalidOperationException">The likelihood has no maximum.</exception>
    public static double Run(ReadOnlySpan<float> scores, int candidates)
    {
        var slope = Slope(scores, candidates, 0);
        // Scores that are equal at every position say nothing about alpha: the generator remains.
        if (slope == 0)
            return 0;
        var sign = Math.Sign(slope);
        if (!HasDrawBeyond(scores, candidates, sign))
            throw new InvalidOperationException($"Alpha: expected real tokens above and below their draws, found all of them {(sign > 0 ? "above" : "below")}: the likelihood has no maximum.");
        var (low, high) = (0.0, 1.0);
        while (sign * Slope(scores, candidates, sign * high) > 0)
        {
            (low, high) = (high, 2 * high);
            if (!CandidateResampler.IsValid(high))
                throw new InvalidOperationException("Alpha: expected scores that differ, found a maximum of the likelihood beyond 1E9.");
        }

        for (var i = 0; i < Bisections; i++)
        {
            var middle = (low + high) / 2;
            if (sign * Slope(scores, candidates, sign * middle) > 0)
                low = middle;
            else
                high = middle;
        }

        return sign * (low + high) / 2;
    }

    // Whether a draw is on the side of the real token that bounds alpha. Exponentials of large alphas, which become 0, do not tell.
    private static bool HasDrawBeyond(ReadOnlySpan<float> scores, int candidates, int sign)
    {
        for (var first = 0; first < scores.Length; first += candidates)
        {
            var row = scores.Slice(first, candidates);
            foreach (var score in row)
            {
                if (sign * score > sign * row[0])
                    return true;
            }
        }

        return false;
    }

    // The derivative of the log-likelihood: the real token's score minus the expected one, summed over positions.
    private static double Slope(ReadOnlySpan<float> scores, int candidates, double alpha)
    {
        var slope = 0.0;
        for (var first = 0; first < scores.Length; first += candidates)
        {
            var row = scores.Slice(first, candidates);
            var normalizer = CandidateResampler.LogSumExp(row, alpha);
            for (var i = 0; i < row.Length; i++)
                slope += Math.Exp(alpha * row[i] - normalizer) * ((double)row[0] - row[i]);
        }

        return slope;
    }
}
