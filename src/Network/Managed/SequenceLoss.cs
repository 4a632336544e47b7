namespace MlNetNtd;

/// <summary>Computes the binary cross-entropy of one row's logits and its gradient, as <see cref="DiscriminatorLoss"/> does.</summary>
internal static class SequenceLoss
{
    /// <summary>Gets a row's share in the divisor of the mean loss.</summary>
    public static double Count(in TrainingSequence row, bool byToken) => byToken ? (double)row.Weight * row.Tokens : row.Weight;

    /// <summary>Replaces logits by the gradient of the loss.</summary>
    /// <param name="row">The row, with labels and weight.</param>
    /// <param name="step">The loss and its divisor.</param>
    /// <param name="logits">T logits; replaced by their gradients.</param>
    /// <returns>The row's loss, divided.</returns>
    public static double Compute(in TrainingSequence row, in StepSettings step, Span<float> logits)
    {
        var factor = row.Weight / step.Divisor;
        if (!step.ByToken)
        {
            double sum = 0;
            foreach (var logit in logits)
                sum += logit;
            var (loss, gradient) = CrossEntropy(sum / logits.Length, row.Labels[0]);
            logits.Fill((float)(factor * gradient / logits.Length));
            return factor * loss;
        }

        double total = 0;
        for (var i = 0; i < logits.Length; i++)
        {
            var (loss, gradient) = CrossEntropy(logits[i], row.Labels[row.Labels.Length == 1 ? 0 : i]);
            total += loss;
            logits[i] = (float)(factor * gradient);
        }

        return factor * total;
    }

    // -y log(p) - (1 - y) log(1 - p) with p = 1 / (1 + exp(-x)), in a form that does not overflow.
    private static (double Loss, double Gradient) CrossEntropy(double logit, double label)
    {
        var exponential = Math.Exp(-Math.Abs(logit));
        var probability = logit >= 0 ? 1 / (1 + exponential) : exponential / (1 + exponential);
        return (Math.Max(logit, 0) - logit * label + double.LogP1(exponential), probability - label);
    }
}
