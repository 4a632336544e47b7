namespace MlNetNtd;

/// <summary>The scores of one row.</summary>
/// <param name="Score">The logit of the sequence: the mean of the token logits.</param>
/// <param name="Tokens">The logits of the candidates of real tokens, T * K values.</param>
internal sealed record RowScores(float Score, float[] Tokens)
{
    /// <summary>Gets the scores of a skipped row.</summary>
    public static RowScores Missing { get; } = new(float.NaN, []);

    /// <summary>
    /// Gets the index of the first token whose score is not finite, because large input values overflow in the network; null if all are
    /// finite.
    /// </summary>
    public int? NonFiniteToken => float.IsFinite(Score) || Tokens.Length == 0 ? null : Array.FindIndex(Tokens, logit => !float.IsFinite(logit));

    /// <summary>Gets whether the score is above 0.</summary>
    public bool PredictedLabel => Score > 0;

    /// <summary>Creates the scores of a row from the logits of its real tokens.</summary>
    public static RowScores FromLogits(ReadOnlySpan<float> logits)
    {
        double sum = 0;
        foreach (var logit in logits)
            sum += logit;
        return new RowScores((float)(sum / logits.Length), logits.ToArray());
    }
}
