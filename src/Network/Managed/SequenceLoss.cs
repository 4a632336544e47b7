namespace MlNetNtd;

/// <summary>Computes the loss of one row's logits and its gradient, as <see cref="DiscriminatorLoss"/> does.</summary>
internal static class SequenceLoss
{
    /// <summary>Gets a row's share in the divisor of the mean loss.</summary>
    /// <param name="row">The row.</param>
    /// <param name="kind">What the loss compares, never Auto.</param>
    /// <param name="candidatesPerToken">K, the number of candidates of each token.</param>
    public static double Count(in TrainingSequence row, LossKind kind, int candidatesPerToken) => kind switch
    {
        LossKind.Row => row.Weight,
        LossKind.RankingNce => (double)row.Weight * row.Tokens,
        _ => (double)row.Weight * row.Tokens * candidatesPerToken,
    };

    /// <summary>Replaces logits by the gradient of the loss.</summary>
    /// <param name="row">The row, with labels and weight.</param>
    /// <param name="step">The loss and its divisor.</param>
    /// <param name="logits">T * K logits; replaced by their gradients.</param>
    /// <returns>The row's loss, divided.</returns>
    public static double Compute(in TrainingSequence row, in StepSettings step, Span<float> logits)
    {
        var factor = row.Weight / step.Divisor;
        if (step.Loss == LossKind.Row)
        {
            double sum = 0;
            foreach (var logit in logits)
                sum += logit;
            var (loss, gradient) = CrossEntropy(sum / logits.Length, row.Labels[0]);
            logits.Fill((float)(factor * gradient / logits.Length));
            return factor * loss;
        }

        double total = 0;
        if (step.Loss == LossKind.RankingNce)
        {
            for (var i = 0; i < logits.Length; i += step.CandidatesPerToken)
                total += Rank(logits.Slice(i, step.CandidatesPerToken), row.Labels.AsSpan(i, step.CandidatesPerToken), factor);
            return factor * total;
        }

        for (var i = 0; i < logits.Length; i++)
        {
            var (loss, gradient) = CrossEntropy(logits[i], row.Labels[row.Labels.Length == 1 ? 0 : i]);
            total += loss;
            logits[i] = (float)(factor * gradient);
        }

        return factor * total;
    }

    /// <summary>Computes the softmax cross-entropy of the candidates of one token: -log of the true one's probability among them.</summary>
    /// <param name="logits">The K logits.</param>
    /// <param name="trueCandidate">The index of the true candidate.</param>
    public static double GetRankingLoss(ReadOnlySpan<float> logits, int trueCandidate)
    {
        var (largest, sum) = GetSum(logits);
        return Math.Log(sum) + largest - logits[trueCandidate];
    }

    private static double Rank(Span<float> logits, ReadOnlySpan<float> labels, double factor)
    {
        var (largest, sum) = GetSum(logits);
        var loss = Math.Log(sum) + largest;
        for (var i = 0; i < logits.Length; i++)
        {
            loss -= labels[i] * (double)logits[i];
            logits[i] = (float)(factor * (Math.Exp(logits[i] - largest) / sum - labels[i]));
        }

        return loss;
    }

    private static (double Largest, double Sum) GetSum(ReadOnlySpan<float> logits)
    {
        var (largest, sum) = ((double)logits[0], 0.0);
        foreach (var logit in logits[1..])
            largest = Math.Max(largest, logit);
        foreach (var logit in logits)
            sum += Math.Exp(logit - largest);
        return (largest, sum);
    }

    // -y log(p) - (1 - y) log(1 - p) with p = 1 / (1 + exp(-x)), in a form that does not overflow.
    private static (double Loss, double Gradient) CrossEntropy(double logit, double label)
    {
        var exponential = Math.Exp(-Math.Abs(logit));
        var probability = logit >= 0 ? 1 / (1 + exponential) : exponential / (1 + exponential);
        return (Math.Max(logit, 0) - logit * label + double.LogP1(exponential), probability - label);
    }
}
