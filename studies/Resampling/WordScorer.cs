namespace MlNetNtd.Studies.Resampling;

/// <summary>A discriminator of words: its scorer, and what its rows were made of.</summary>
/// <param name="Scorer">The scorer.</param>
/// <param name="Embeddings">Looks up the embedding of a word.</param>
/// <param name="Features">The features beside the embedding; null for none.</param>
internal sealed record WordScorer(TokenScorer Scorer, Func<int, ReadOnlySpan<float>> Embeddings, TokenFeatures? Features = null)
{
    /// <summary>Writes the vector of a word.</summary>
    /// <param name="context">The words before it.</param>
    /// <param name="word">The word.</param>
    /// <param name="vector">Receives C values.</param>
    public void Write(ReadOnlySpan<int> context, int word, Span<float> vector)
    {
        var embedding = Embeddings(word);
        embedding.CopyTo(vector);
        Features?.Compute(context, word, vector[embedding.Length..]);
    }
}
