namespace MlNetNtd;

/// <summary>Accumulates logits, labels and weights, and computes metrics of them.</summary>
/// <remarks>
/// Loss and accuracy are sums. The AUC needs all scores in order: they are kept while there are few, and counted in a <see
/// cref="LogitHistogram"/> when there are more. Pairs within one bin then count half, as ties do, and their total weight bounds the
/// error of the AUC.
/// </remarks>
/// <param name="maxExactScores">The maximum number of scores that are kept.</param>
internal sealed class BinaryMetricsAccumulator(int maxExactScores = BinaryMetricsAccumulator.MaxExactScores)
{
    /// <summary>The default for the maximum number of rows or tokens with an exact AUC; their scores take 3 MB.</summary>
    public const int MaxExactScores = 1 << 18;

    private readonly List<(float Logit, bool Label, float Weight)> _scores = [];
    private LogitHistogram? _histogram;
    private double _loss;
    private double _lossWeight;
    private double _correct;
    private double _weight;

    /// <summary>Gets the number of rows or tokens added.</summary>
    public long Count { get; private set; }

    /// <summary>Gets the number of real ones.</summary>
    public long Positives { get; private set; }

    /// <summary>Gets the kept scores in the order in which they were added.</summary>
    public IReadOnlyList<(float Logit, bool Label, float Weight)> Scores => _scores;

    /// <summary>Gets the mean loss so far; NaN if nothing was added.</summary>
    public double Loss => _loss / _lossWeight;

    /// <summary>Gets a copy of the state.</summary>
    public BinaryMetricsState State => new(Count, Positives, _loss, _correct, _weight)
    {
        LossWeight = _lossWeight,
        Scores = [.. _scores.SelectMany(score => new[] { score.Logit, score.Label ? 1 : 0, score.Weight })],
        Bins = [.. _histogram?.NonEmptyBins ?? []],
    };

    /// <summary>Adds the state of another accumulator.</summary>
    public void Add(BinaryMetricsState state)
    {
        (Count, Positives) = (Count + state.Count, Positives + state.Positives);
        (_loss, _correct, _weight) = (_loss + state.Loss, _correct + state.Correct, _weight + state.Weight);
        _lossWeight += state.LossWeight;
        for (var i = 0; i < state.Scores.Length; i += 3)
            Keep(state.Scores[i], state.Scores[i + 1] != 0, state.Scores[i + 2]);
        if (state.Bins.Length > 0)
            SwitchToHistogram();
        foreach (var (index, realWeight, generatedWeight) in state.Bins)
            _histogram!.Add(index, realWeight, generatedWeight);
    }

    /// <summary>Adds one row or token.</summary>
    public void Add(float logit, bool label, float weight = 1f)
    {
        AddLoss(logit, label, weight);
        AddScore(logit, label, weight);
    }

    /// <summary>Adds the score of one row or token, without its loss.</summary>
    public void AddScore(float logit, bool label, float weight)
    {
        Count++;
        Positives += label ? 1 : 0;
        _weight += weight;
        _correct += logit > 0 == label ? weight : 0;
        Keep(logit, label, weight);
    }

    /// <summary>Adds the loss of one row or token, without its score.</summary>
    public void AddLoss(float logit, bool label, float weight)
    {
        _lossWeight += weight;
        // log(1 + e^-x) for a real one, log(1 + e^x) for a generated one, without overflow.
        var margin = label ? logit : -(double)logit;
        _loss += weight * (Math.Max(0, -margin) + Math.Log(1 + Math.Exp(-Math.Abs(margin))));
    }

    /// <summary>Adds a loss that is already computed.</summary>
    public void AddLoss(double loss, float weight)
    {
        _lossWeight += weight;
        _loss += weight * loss;
    }

    /// <summary>Computes the metrics of everything added so far, with temperature 1.</summary>
    public DiscriminatorMetrics GetMetrics()
    {
        var (auc, error) = _histogram is null ? Auc(GetThresholds()) : Auc(_histogram.NonEmptyBins.Select(bin => (bin.Real, bin.Generated, false)));
        return new DiscriminatorMetrics(Loss, _correct / _weight, auc)
        {
            AreaUnderRocCurveError = error,
            CalibratedLoss = Loss,
            ChanceDeviation = Positives == 0 || Positives == Count ? double.NaN : Math.Sqrt((Count + 1.0) / (12.0 * Positives * (Count - Positives))),
        };
    }

    /// <summary>Computes the metrics of everything added so far, with a temperature that is fitted on it.</summary>
    public DiscriminatorMetrics GetCalibratedMetrics()
    {
        (double, double, double)[] scores = _histogram is null
            ? [.. _scores.Select(score => ((double)score.Logit, score.Label ? score.Weight : 0.0, score.Label ? 0.0 : score.Weight))]
            : [.. _histogram.NonEmptyBins.Select(bin => ((double)LogitHistogram.GetLogit(bin.Index), bin.Real, bin.Generated))];
        var temperature = TemperatureScaling.Fit(scores, Count);
        return GetMetrics() with { Temperature = temperature, CalibratedLoss = TemperatureScaling.GetLoss(scores, temperature) };
    }

    private void Keep(float logit, bool label, float weight)
    {
        if (_histogram is null && _scores.Count == maxExactScores)
            SwitchToHistogram();
        if (_histogram is null)
            _scores.Add((logit, label, weight));
        else
            _histogram.Add(logit, label, weight);
    }

    private void SwitchToHistogram()
    {
        if (_histogram is not null)
            return;
        _histogram = new LogitHistogram();
        foreach (var (logit, label, weight) in _scores)
            _histogram.Add(logit, label, weight);
        _scores.Clear();
        _scores.TrimExcess();
    }

    // The scores in order, with equal logits combined.
    private IEnumerable<(double Real, double Generated, bool IsTie)> GetThresholds()
    {
        var sorted = _scores.OrderBy(score => score.Logit).ToArray();
        for (int first = 0, end; first < sorted.Length; first = end)
        {
            double realWeight = 0, generatedWeight = 0;
            for (end = first; end < sorted.Length && sorted[end].Logit.Equals(sorted[first].Logit); end++)
            {
                if (sorted[end].Label)
                    realWeight += sorted[end].Weight;
                else
                    generatedWeight += sorted[end].Weight;
            }

            yield return (realWeight, generatedWeight, true);
        }
    }

    // Computes the weight of pairs of a real and a generated item in which the real one scores above; pairs of one threshold count
    // half. Unless they are ties, between none and all of them may belong above, which bounds the error.
    private static (double Auc, double Error) Auc(IEnumerable<(double Real, double Generated, bool IsTie)> thresholds)
    {
        double above = 0, undecided = 0, realTotal = 0, generatedTotal = 0;
        foreach (var (realWeight, generatedWeight, isTie) in thresholds)
        {
            above += realWeight * (generatedTotal + generatedWeight / 2);
            undecided += isTie ? 0 : realWeight * generatedWeight / 2;
            realTotal += realWeight;
            generatedTotal += generatedWeight;
        }

        var pairs = realTotal * generatedTotal;
        return (above / pairs, pairs == 0 ? 0 : undecided / pairs);
    }
}
