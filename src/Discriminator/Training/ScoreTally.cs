namespace MlNetNtd;

/// <summary>Collects logits, labels and weights and sums them up.</summary>
internal sealed class ScoreTally
{
    private readonly List<(float Logit, bool Label, float Weight)> _scores = [];
    private double _loss;
    private double _right;
    private double _weight;

    /// <summary>All that was added: logit, label (1 or 0) and weight of each, one after another.</summary>
    public float[] State => [.. _scores.SelectMany(score => new[] { score.Logit, score.Label ? 1 : 0, score.Weight })];

    /// <summary>A tally to which all of that was added.</summary>
    public static ScoreTally Of(ReadOnlySpan<float> state)
    {
        var tally = new ScoreTally();
        for (var i = 0; i < state.Length; i += 3)
            tally.Add(state[i], state[i + 1] != 0, state[i + 2]);
        return tally;
    }

    /// <summary>How many rows or tokens were added.</summary>
    public int Count => _scores.Count;

    /// <summary>How many of them are true.</summary>
    public int Positives { get; private set; }

    /// <summary>The mean loss so far; NaN of nothing.</summary>
    public double Loss => _loss / _weight;

    /// <summary>Adds one judged row or token.</summary>
    public void Add(float logit, bool label, float weight = 1f)
    {
        _scores.Add((logit, label, weight));
        Positives += label ? 1 : 0;
        _weight += weight;
        _right += logit > 0 == label ? weight : 0;
        // log(1 + e^-x) for a true one, log(1 + e^x) for a false one, without overflow.
        var margin = label ? logit : -(double)logit;
        _loss += weight * (Math.Max(0, -margin) + Math.Log(1 + Math.Exp(-Math.Abs(margin))));
    }

    /// <summary>Adds the rows of a batch.</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="logits">(B, P) values, row-major.</param>
    /// <param name="byToken">Whether each token is judged by its own label.</param>
    public void Add(SequenceRow[] rows, float[] logits, bool byToken)
    {
        var padded = logits.Length / rows.Length;
        for (var i = 0; i < rows.Length; i++)
        {
            var scores = RowScores.Of(logits.AsSpan(i * padded, rows[i].Tokens));
            if (!byToken)
            {
                Add(scores.Score, rows[i].Labels[0], rows[i].Weight);
                continue;
            }

            for (var t = 0; t < rows[i].Tokens; t++)
                Add(scores.Tokens[t], rows[i].Labels[t], rows[i].Weight);
        }
    }

    public DiscriminatorMetrics Sum() => new(Loss, _right / _weight, Auc());

    // The weight of pairs, one true and one false, in which the true one is above; equal logits are half above.
    private double Auc()
    {
        var sorted = _scores.OrderBy(score => score.Logit).ToArray();
        double above = 0, trueOnes = 0, falseOnes = 0;
        for (int first = 0, end; first < sorted.Length; first = end)
        {
            double trueHere = 0, falseHere = 0;
            for (end = first; end < sorted.Length && sorted[end].Logit.Equals(sorted[first].Logit); end++)
            {
                if (sorted[end].Label)
                    trueHere += sorted[end].Weight;
                else
                    falseHere += sorted[end].Weight;
            }

            above += trueHere * (falseOnes + falseHere / 2);
            trueOnes += trueHere;
            falseOnes += falseHere;
        }

        return above / (trueOnes * falseOnes);
    }
}
