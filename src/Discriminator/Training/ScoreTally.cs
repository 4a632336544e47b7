namespace MlNetNtd;

/// <summary>Collects logits and labels and sums them up.</summary>
internal sealed class ScoreTally
{
    private readonly List<(float Logit, bool Label)> _scores = [];
    private double _loss;

    /// <summary>Adds one judged row or token.</summary>
    public void Add(float logit, bool label)
    {
        _scores.Add((logit, label));
        // log(1 + e^-x) for a true one, log(1 + e^x) for a false one, without overflow.
        var margin = label ? logit : -(double)logit;
        _loss += Math.Max(0, -margin) + Math.Log(1 + Math.Exp(-Math.Abs(margin)));
    }

    public DiscriminatorMetrics Sum() => new(_loss / _scores.Count, Accuracy(), Auc());

    private double Accuracy() => (double)_scores.Count(score => score.Logit > 0 == score.Label) / _scores.Count;

    // The rank-sum: equal logits share the mean of their ranks.
    private double Auc()
    {
        var sorted = _scores.OrderBy(score => score.Logit).ToArray();
        double ranks = 0;
        long positives = 0;
        for (int first = 0, end; first < sorted.Length; first = end)
        {
            end = first;
            var trueOnes = 0;
            for (; end < sorted.Length && sorted[end].Logit.Equals(sorted[first].Logit); end++)
                trueOnes += sorted[end].Label ? 1 : 0;
            ranks += trueOnes * (first + 1 + end) / 2.0;
            positives += trueOnes;
        }

        var negatives = sorted.Length - positives;
        return positives == 0 || negatives == 0
            ? double.NaN
            : (ranks - positives * (positives + 1) / 2.0) / ((double)positives * negatives);
    }
}
