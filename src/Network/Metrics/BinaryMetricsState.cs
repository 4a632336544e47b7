namespace MlNetNtd;

/// <summary>The state of a <see cref="BinaryMetricsAccumulator"/> as plain values.</summary>
/// <param name="Count">The number of rows or tokens added.</param>
/// <param name="Positives">The number of real ones.</param>
/// <param name="Loss">The weighted sum of losses.</param>
/// <param name="Correct">The total weight of those whose logit has the right sign.</param>
/// <param name="Weight">The total weight.</param>
internal sealed record BinaryMetricsState(long Count, long Positives, double Loss, double Correct, double Weight)
{
    /// <summary>
    /// Gets the divisor of the mean loss: the total weight, or, if the loss is per token and scores are per row, the weight of the
    /// tokens.
    /// </summary>
    public double LossWeight { get; init; }

    /// <summary>
    /// Gets the kept scores, three numbers each: logit, label (1 or 0) and weight; empty if there are too many to keep.
    /// </summary>
    public float[] Scores { get; init; } = [];

    /// <summary>
    /// Gets the bins that are not empty, with the weight of their real and generated items; empty while scores are kept.
    /// </summary>
    public (int Index, double Real, double Generated)[] Bins { get; init; } = [];

    private const int FloatsPerScore = 3;

    /// <summary>Describes why the state, which may come from a file, is invalid; null if it is valid.</summary>
    public string? FindProblem()
    {
        if (Count < 0 || Positives < 0 || Positives > Count)
            return $"expected 0 true ones or more among those that were judged, found {Positives} of {Count}";
        foreach (var (name, sum) in new[] { ("losses", Loss), ("weights", Weight), ("weights of losses", LossWeight), ("weights on the right side", Correct) })
        {
            if (!(sum >= 0 && double.IsFinite(sum)))
                return FormattableString.Invariant($"expected a sum of {name} of 0 or more, found {sum}");
        }

        // The two sums add the same weights in different orders.
        if (Correct > Weight * (1 + 1e-6))
            return FormattableString.Invariant($"expected weights on the right side of at most {Weight}, found {Correct}");
        if (Bins.Length > 0 ? Scores.Length > 0 : Scores.Length != FloatsPerScore * Count)
            return $"expected {(Bins.Length > 0 ? 0 : FloatsPerScore * Count)} numbers of scores, found {Scores.Length}";
        return FindScoreProblem() ?? FindBinProblem();
    }

    private string? FindScoreProblem()
    {
        for (var i = 0; i < Scores.Length; i += FloatsPerScore)
        {
            var (logit, label, weight) = (Scores[i], Scores[i + 1], Scores[i + 2]);
            if (!float.IsFinite(logit) || label is not (0 or 1) || !(weight >= 0 && float.IsFinite(weight)))
                return FormattableString.Invariant($"score {i / FloatsPerScore}: expected a finite logit, a label of 0 or 1 and a weight of 0 or more, found {logit}, {label}, {weight}");
        }

        return null;
    }

    private string? FindBinProblem()
    {
        var last = -1;
        foreach (var (index, realWeight, generatedWeight) in Bins)
        {
            if (index <= last || index >= LogitHistogram.Bins)
                return $"expected bins from 0 to {LogitHistogram.Bins - 1} in order, found {index} behind {last}";
            if (!(realWeight >= 0 && generatedWeight >= 0 && double.IsFinite(realWeight + generatedWeight)))
                return FormattableString.Invariant($"bin {index}: expected weights of 0 or more, found {realWeight} and {generatedWeight}");
            last = index;
        }

        return null;
    }
}
