namespace MlNetNtd.Examples;

/// <summary>
/// One vector of C values a word, learned from the text: words that keep the same company point the same way.
/// </summary>
internal sealed class Embeddings
{
    // The nearest neighbours say most about what a word could be exchanged for; in a text as short as a book, those
    // farther away mostly say which scene it is in.
    private const int Reach = 2;

    private readonly float[][] _vectors;

    private Embeddings(float[][] vectors, int dimension)
    {
        _vectors = vectors;
        Dimension = dimension;
    }

    /// <summary>C.</summary>
    public int Dimension { get; }

    /// <summary>The embedding of a word, C values, of length 1; zeros for a word that the text gives no company.</summary>
    public ReadOnlySpan<float> this[int id] => _vectors[id];

    /// <summary>Learns the embeddings: the strongest directions in which the words' company differs.</summary>
    /// <param name="ids">The text, one number a token.</param>
    /// <param name="words">The number of words.</param>
    /// <param name="dimension">C; values beyond the rank of what there is to learn are 0.</param>
    public static Embeddings Learn(IReadOnlyList<int> ids, int words, int dimension)
    {
        var directions = SingularVectors.Of(PpmiMatrix.Of(ids, words, Reach), dimension);
        var vectors = new float[words][];
        for (var word = 0; word < words; word++)
        {
            vectors[word] = new float[dimension];
            for (var i = 0; i < directions.Length; i++)
                vectors[word][i] = (float)(directions[i].Vector[word] * Math.Sqrt(directions[i].Value));
            Normalize(vectors[word]);
        }

        return new Embeddings(vectors, dimension);
    }

    /// <summary>The average embedding of a text, C values: what to expect where nothing is known.</summary>
    public float[] Average(IReadOnlyList<int> ids)
    {
        var sums = new double[Dimension];
        foreach (var id in ids)
        {
            for (var i = 0; i < sums.Length; i++)
                sums[i] += _vectors[id][i];
        }

        return [.. sums.Select(sum => (float)(sum / ids.Count))];
    }

    /// <summary>The words whose embeddings point most nearly the same way, nearest first.</summary>
    public IEnumerable<int> Nearest(int id, int count) => Enumerable.Range(0, _vectors.Length)
        .Where(other => other != id && other != Vocabulary.UnknownId)
        .OrderByDescending(other => Dot(_vectors[id], _vectors[other]))
        .Take(count);

    private static void Normalize(float[] vector)
    {
        var length = MathF.Sqrt(Dot(vector, vector));
        for (var i = 0; length > 0 && i < vector.Length; i++)
            vector[i] /= length;
    }

    // One sum in one order: the same bits on every processor.
    private static float Dot(float[] one, float[] other)
    {
        var sum = 0f;
        for (var i = 0; i < one.Length; i++)
            sum += one[i] * other[i];
        return sum;
    }
}
