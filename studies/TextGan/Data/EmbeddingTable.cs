namespace MlNetNtd.Studies.TextGan;

/// <summary>The embeddings of the words, (words, C), row-major, and the average of the text.</summary>
/// <remarks>
/// Learned from the text before anything else and not moved by the networks: a generator that could move the embeddings of
/// the real tokens would win by making all words alike.
/// </remarks>
/// <param name="Dimension">C.</param>
/// <param name="Values">The embeddings, one behind another.</param>
/// <param name="Average">The initial embedding, which takes the place of a token before the first, C values.</param>
internal sealed record EmbeddingTable(int Dimension, float[] Values, float[] Average)
{
    /// <summary>Gets the number of words.</summary>
    public int Words => Values.Length / Dimension;

    public static EmbeddingTable Learn(TextDataset dataset, PairCounts counts, int dimension)
    {
        var values = NeighborEmbeddings.Learn(counts, dimension);
        var sums = new double[dimension];
        foreach (var id in dataset.TrainingIds)
        {
            for (var i = 0; i < dimension; i++)
                sums[i] += values[id * dimension + i];
        }

        return new EmbeddingTable(dimension, values, [.. sums.Select(sum => (float)(sum / dataset.TrainingIds.Count))]);
    }

    /// <summary>Looks up the embeddings of tokens, (T, C), row-major.</summary>
    public float[] Embed(ReadOnlySpan<int> ids)
    {
        var found = new float[ids.Length * Dimension];
        for (var i = 0; i < ids.Length; i++)
            Values.AsSpan(ids[i] * Dimension, Dimension).CopyTo(found.AsSpan(i * Dimension));
        return found;
    }
}
