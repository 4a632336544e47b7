namespace MlNetNtd.Studies;

/// <summary>The area under the ROC curve: the probability that a real item scores above a generated one.</summary>
internal sealed class Auc
{
    private readonly List<(float Score, bool Label)> _scores = [];

    public void Add(float score, bool label) => _scores.Add((score, label));

    /// <summary>Computes the rank sum; equal scores get the mean of their ranks. NaN if all labels are the same.</summary>
    public double Compute()
    {
        double ranks = 0;
        long positives = 0;
        long before = 0;
        foreach (var group in _scores.GroupBy(score => score.Score).OrderBy(group => group.Key))
        {
            var (count, positivesInGroup) = (group.LongCount(), group.LongCount(score => score.Label));
            ranks += positivesInGroup * (before + (count + 1) / 2.0);
            positives += positivesInGroup;
            before += count;
        }

        var negatives = before - positives;
        return positives == 0 || negatives == 0
            ? double.NaN
            : (ranks - positives * (positives + 1) / 2.0) / ((double)positives * negatives);
    }
}
