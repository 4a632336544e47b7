namespace MlNetNtd.Fuzz;

/// <summary>The readers of weights without ML.NET: whatever the input, a scorer that scores, or a <see cref="FormatException"/>.</summary>
internal static class TokenScorers
{
    /// <summary>Loads a model zip.</summary>
    /// <returns>The scorer; null if it was refused as documented.</returns>
    /// <exception cref="FindingException">Another exception was thrown, or the scorer does not score.</exception>
    public static TokenScorer? LoadModel(byte[] zip)
    {
        TokenScorer scorer;
        try
        {
            using var stream = new MemoryStream(zip, writable: false);
            scorer = TokenScorer.LoadModel(stream, threads: 1);
        }
        catch (FormatException)
        {
            return null;
        }
        catch (Exception e)
        {
            throw new FindingException($"TokenScorer.LoadModel: undocumented: {e}", e);
        }

        Use(scorer);
        return scorer;
    }

    /// <summary>Scores a sequence of one token. A logit may be NaN, since weights may overflow.</summary>
    public static void Use(TokenScorer scorer)
    {
        var token = new float[scorer.EmbeddingDimension];
        var logits = new float[1];
        try
        {
            scorer.Score(token, token, logits);
        }
        catch (Exception e)
        {
            throw new FindingException($"a scorer that was loaded does not score: {e}", e);
        }
    }
}
