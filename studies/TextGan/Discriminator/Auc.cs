namespace MlNetNtd.Examples.TextGan;

/// <summary>The chance that what is true scores above what is not; 0.5: they are not told apart.</summary>
internal sealed class Auc
{
    private readonly List<(float Score, bool Label)> _scores = [];

    public void Add(float score, bool label) => _scores.Add((score, label));

    /// <summary>The rank-sum; equal scores share the mean of their ranks. NaN where all labels are alike.</summary>
    public double Value()
    {
        double ranks = 0;
        long positives = 0;
        long before = 0;
        foreach (var group in _scores.GroupBy(score => score.Score).OrderBy(group => group.Key))
        {
            var (count, trueOnes) = (group.LongCount(), group.LongCount(score => score.Label));
            ranks += trueOnes * (before + (count + 1) / 2.0);
            positives += trueOnes;
            before += count;
        }

        var negatives = before - positives;
        return positives == 0 || negatives == 0
            ? double.NaN
            : (ranks - positives * (positives + 1) / 2.0) / ((double)positives * negatives);
    }
}
