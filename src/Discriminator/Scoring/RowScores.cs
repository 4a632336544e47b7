namespace MlNetNtd;

/// <summary>What the network says of one row.</summary>
/// <param name="Score">The sequence's logit: the mean of the token logits.</param>
/// <param name="Tokens">The logit of each real token, T values.</param>
internal sealed record RowScores(float Score, float[] Tokens)
{
    public bool PredictedLabel => Score > 0;

    // In double: far from 0 a Single's exponential overflows.
    public float Probability => (float)(1 / (1 + Math.Exp(-(double)Score)));

    public static RowScores Of(ReadOnlySpan<float> logits)
    {
        double sum = 0;
        foreach (var logit in logits)
            sum += logit;
        return new RowScores((float)(sum / logits.Length), logits.ToArray());
    }
}
