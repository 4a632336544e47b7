namespace MlNetNtd.Examples.TextGan;

/// <summary>An embedding a word, (words, C), row-major, and the average of the text.</summary>
/// <remarks>
/// Learned from the text before anything else and not moved by the networks: a generator that could move the embeddings of
/// the true tokens would win by making all words alike.
/// </remarks>
/// <param name="Dimension">C.</param>
/// <param name="Values">The embeddings, one behind another.</param>
/// <param name="Average">What stands in the place of a token before the first, C values.</param>
internal sealed record EmbeddingTable(int Dimension, float[] Values, float[] Average)
{
    /// <summary>The number of words.</summary>
    public int Words => Values.Length / Dimension;

    public static EmbeddingTable Learn(Story story, PairCounts counts, int dimension)
    {
        var values = NeighbourEmbeddings.Learn(counts, dimension);
        var sums = new double[dimension];
        foreach (var id in story.TrainingIds)
        {
            for (var i = 0; i < dimension; i++)
                sums[i] += values[id * dimension + i];
        }

        return new EmbeddingTable(dimension, values, [.. sums.Select(sum => (float)(sum / story.TrainingIds.Count))]);
    }

    /// <summary>The embeddings of some tokens, (T, C), row-major.</summary>
    public float[] Of(ReadOnlySpan<int> ids)
    {
        var found = new float[ids.Length * Dimension];
        for (var i = 0; i < ids.Length; i++)
            Values.AsSpan(ids[i] * Dimension, Dimension).CopyTo(found.AsSpan(i * Dimension));
        return found;
    }
}
