namespace MlNetNtd;

/// <summary>Collects logits, labels and weights and sums them up.</summary>
/// <remarks>
/// Loss and accuracy are sums. The AUC needs all scores in order: they are held while they are few, and counted in
/// <see cref="LogitHistogram"/> when they are more. Pairs of one bin then count half, as ties do, and how much they can come to is the
/// most that the AUC can be wrong by.
/// </remarks>
/// <param name="exactUpTo">How many scores are held.</param>
internal sealed class BinaryMetricsAccumulator(int exactUpTo = BinaryMetricsAccumulator.ExactUpTo)
{
    /// <summary>Unless said otherwise, up to so many rows or tokens the AUC is exact: 3 MB of them.</summary>
    public const int ExactUpTo = 1 << 18;

    private readonly List<(float Logit, bool Label, float Weight)> _scores = [];
    private LogitHistogram? _bins;
    private double _loss;
    private double _lossWeight;
    private double _correct;
    private double _weight;

    /// <summary>How many rows or tokens were added.</summary>
    public long Count { get; private set; }

    /// <summary>How many of them are true.</summary>
    public long Positives { get; private set; }

    /// <summary>Those held, in the order in which they were added.</summary>
    public IReadOnlyList<(float Logit, bool Label, float Weight)> Scores => _scores;

    /// <summary>The mean loss so far; NaN of nothing.</summary>
    public double Loss => _loss / _lossWeight;

    /// <summary>All that it knows.</summary>
    public BinaryMetricsState State => new(Count, Positives, _loss, _correct, _weight)
    {
        LossWeight = _lossWeight,
        Scores = [.. _scores.SelectMany(score => new[] { score.Logit, score.Label ? 1 : 0, score.Weight })],
        Bins = [.. _bins?.NonEmptyBins ?? []],
    };

    /// <summary>Adds all that another one knows.</summary>
    public void Add(BinaryMetricsState state)
    {
        (Count, Positives) = (Count + state.Count, Positives + state.Positives);
        (_loss, _correct, _weight) = (_loss + state.Loss, _correct + state.Correct, _weight + state.Weight);
        _lossWeight += state.LossWeight;
        for (var i = 0; i < state.Scores.Length; i += 3)
            Keep(state.Scores[i], state.Scores[i + 1] != 0, state.Scores[i + 2]);
        if (state.Bins.Length > 0)
            SwitchToHistogram();
        foreach (var (bin, weightOfTrue, weightOfFalse) in state.Bins)
            _bins!.Add(bin, weightOfTrue, weightOfFalse);
    }

    /// <summary>Adds one judged row or token.</summary>
    public void Add(float logit, bool label, float weight = 1f)
    {
        AddLoss(logit, label, weight);
        AddScore(logit, label, weight);
    }

    public void AddScore(float logit, bool label, float weight)
    {
        Count++;
        Positives += label ? 1 : 0;
        _weight += weight;
        _correct += logit > 0 == label ? weight : 0;
        Keep(logit, label, weight);
    }

    public void AddLoss(float logit, bool label, float weight)
    {
        _lossWeight += weight;
        // log(1 + e^-x) for a true one, log(1 + e^x) for a false one, without overflow.
        var margin = label ? logit : -(double)logit;
        _loss += weight * (Math.Max(0, -margin) + Math.Log(1 + Math.Exp(-Math.Abs(margin))));
    }

    /// <summary>Gets the metrics of everything added so far.</summary>
    public DiscriminatorMetrics GetMetrics()
    {
        var (auc, error) = _bins is null ? Auc(GetThresholds()) : Auc(_bins.NonEmptyBins.Select(bin => (bin.True, bin.False, false)));
        return new DiscriminatorMetrics(Loss, _correct / _weight, auc) { AreaUnderRocCurveError = error };
    }

    private void Keep(float logit, bool label, float weight)
    {
        if (_bins is null && _scores.Count == exactUpTo)
            SwitchToHistogram();
        if (_bins is null)
            _scores.Add((logit, label, weight));
        else
            _bins.Add(logit, label, weight);
    }

    private void SwitchToHistogram()
    {
        if (_bins is not null)
            return;
        _bins = new LogitHistogram();
        foreach (var (logit, label, weight) in _scores)
            _bins.Add(logit, label, weight);
        _scores.Clear();
        _scores.TrimExcess();
    }

    // The scores in order, those of equal logits together.
    private IEnumerable<(double True, double False, bool Ties)> GetThresholds()
    {
        var sorted = _scores.OrderBy(score => score.Logit).ToArray();
        for (int first = 0, end; first < sorted.Length; first = end)
        {
            double weightOfTrue = 0, weightOfFalse = 0;
            for (end = first; end < sorted.Length && sorted[end].Logit.Equals(sorted[first].Logit); end++)
            {
                if (sorted[end].Label)
                    weightOfTrue += sorted[end].Weight;
                else
                    weightOfFalse += sorted[end].Weight;
            }

            yield return (weightOfTrue, weightOfFalse, true);
        }
    }

    // The weight of pairs, one true and one false, in which the true one is above; those of one step are half above. Where these
    // are no ties, any share of them may be.
    private static (double Auc, double Error) Auc(IEnumerable<(double True, double False, bool Ties)> steps)
    {
        double above = 0, unknown = 0, trueOnes = 0, falseOnes = 0;
        foreach (var (weightOfTrue, weightOfFalse, ties) in steps)
        {
            above += weightOfTrue * (falseOnes + weightOfFalse / 2);
            unknown += ties ? 0 : weightOfTrue * weightOfFalse / 2;
            trueOnes += weightOfTrue;
            falseOnes += weightOfFalse;
        }

        var pairs = trueOnes * falseOnes;
        return (above / pairs, pairs == 0 ? 0 : unknown / pairs);
    }
}
