namespace MlNetNtd;

/// <summary>A score of one sequence, or of one of its steps.</summary>
/// <param name="Score">The score; higher looks more real.</param>
/// <param name="IsReal">Whether the sequence is real.</param>
/// <param name="Key">The sampling key of the sequence.</param>
internal readonly record struct KeyedScore(float Score, bool IsReal, long Key);

/// <summary>The area under the ROC curve of scores in one fold, its variance, and its values under permutation.</summary>
internal sealed class FoldScores
{
    private readonly KeyedScore[] _scores;
    private readonly double[] _ranks;
    private readonly int _real;

    /// <param name="scores">The scores, at least one real and one synthetic.</param>
    public FoldScores(IEnumerable<KeyedScore> scores)
    {
        _scores = [.. scores.OrderBy(score => score.Score)];
        _ranks = Midranks(_scores);
        _real = _scores.Count(score => score.IsReal);
        Value = Auc(_scores.Zip(_ranks).Where(pair => pair.First.IsReal).Sum(pair => pair.Second), _real);
    }

    /// <summary>Gets the area under the ROC curve; equal scores count half.</summary>
    public double Value { get; }

    /// <summary>Gets the number of different keys of real scores.</summary>
    public int RealKeys => Units.Count(unit => unit.IsReal);

    /// <summary>Gets the number of different keys of synthetic scores.</summary>
    public int SyntheticKeys => Units.Count(unit => !unit.IsReal);

    /// <summary>
    /// Computes the variance of <see cref="Value"/> by the method of DeLong, DeLong and Clarke-Pearson (1988), with the scores of one key as
    /// one observation (Obuchowski, 1997).
    /// </summary>
    /// <returns>The variance; NaN for fewer than two real or two synthetic keys.</returns>
    public double GetVariance()
    {
        var synthetic = _scores.Length - _real;
        var (realRanks, syntheticRanks) = (WithinRanks(isReal: true), WithinRanks(isReal: false));
        var byKey = new Dictionary<long, (double Real, double Synthetic)>();
        for (var i = 0; i < _scores.Length; i++)
        {
            var (_, isReal, key) = _scores[i];
            var sums = byKey.GetValueOrDefault(key);
            // A real score's share of the AUC is the fraction of synthetic scores below it; a synthetic score's, that of real ones above.
            if (isReal)
                sums.Real += (((_ranks[i] - realRanks[i]) / synthetic) - Value) / _real;
            else
                sums.Synthetic += (1 - ((_ranks[i] - syntheticRanks[i]) / _real) - Value) / synthetic;
            byKey[key] = sums;
        }

        if (RealKeys < 2 || SyntheticKeys < 2)
            return double.NaN;
        return (Correction(RealKeys) * byKey.Values.Sum(sums => sums.Real * sums.Real))
            + (Correction(SyntheticKeys) * byKey.Values.Sum(sums => sums.Synthetic * sums.Synthetic))
            + (2 * Correction(byKey.Count) * byKey.Values.Sum(sums => sums.Real * sums.Synthetic));
    }

    /// <summary>
    /// Computes the AUC after real and synthetic were exchanged at random. The scores of a key that are both real, or both synthetic, stay
    /// together.
    /// </summary>
    public double Permute(Random random)
    {
        var units = Units;
        var labels = units.Select(unit => unit.IsReal).ToArray();
        random.Shuffle(labels);
        var (rankSum, real) = (0.0, 0);
        for (var i = 0; i < units.Length; i++)
        {
            if (!labels[i])
                continue;
            rankSum += units[i].RankSum;
            real += units[i].Count;
        }

        return Auc(rankSum, real);
    }

    private (bool IsReal, double RankSum, int Count)[] Units => field ??= [.. _scores.Zip(_ranks)
        .GroupBy(pair => (pair.First.Key, pair.First.IsReal))
        .Select(unit => (unit.Key.IsReal, unit.Sum(pair => pair.Second), unit.Count()))];

    private double Auc(double rankSum, int real) => (rankSum - (real * (real + 1.0) / 2)) / ((double)real * (_scores.Length - real));

    private static double Correction(int count) => count / (count - 1.0);

    // The rank of each score among those of its own kind.
    private double[] WithinRanks(bool isReal)
    {
        var own = _scores.Where(score => score.IsReal == isReal).ToArray();
        var ranks = Midranks(own);
        var result = new double[_scores.Length];
        var next = 0;
        for (var i = 0; i < result.Length; i++)
        {
            if (_scores[i].IsReal == isReal)
                result[i] = ranks[next++];
        }

        return result;
    }

    // Ranks from 1; equal scores share the mean of theirs.
    private static double[] Midranks(KeyedScore[] sorted)
    {
        var ranks = new double[sorted.Length];
        for (int first = 0, end; first < sorted.Length; first = end)
        {
            for (end = first; end < sorted.Length && sorted[end].Score == sorted[first].Score; end++)
            {
            }

            ranks.AsSpan(first, end - first).Fill((first + 1 + end) / 2.0);
        }

        return ranks;
    }
}
