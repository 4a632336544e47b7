namespace MlNetNtd;

/// <summary>What the network says of one row.</summary>
/// <param name="Score">The sequence's logit: the mean of the token logits.</param>
/// <param name="Tokens">The logit of each real token, T values.</param>
internal sealed record RowScores(float Score, float[] Tokens)
{
    /// <summary>Those of a row that is skipped.</summary>
    public static RowScores Missing { get; } = new(float.NaN, []);

    /// <summary>The first token whose score is not finite: values far from all others, finite themselves, overflow in the network; null: none is.</summary>
    public int? NonFiniteToken => float.IsFinite(Score) || Tokens.Length == 0 ? null : Array.FindIndex(Tokens, logit => !float.IsFinite(logit));

    public bool PredictedLabel => Score > 0;

    public float Probability => Logistic(Score);

    // In double: far from 0 a Single's exponential overflows.
    public static float Logistic(float logit) => (float)(1 / (1 + Math.Exp(-(double)logit)));

    public static RowScores FromLogits(ReadOnlySpan<float> logits)
    {
        double sum = 0;
        foreach (var logit in logits)
            sum += logit;
        return new RowScores((float)(sum / logits.Length), logits.ToArray());
    }
}
