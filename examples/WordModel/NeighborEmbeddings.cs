namespace MlNetNtd.WordModel;

/// <summary>
/// Embeddings of words by their neighbors: the first half of a word's values says what follows it, the second half what stands before it.
/// The product of one word's first half and another's second half approximates the pair's pointwise mutual information (PMI).
/// </summary>
/// <remarks>
/// They are the leading singular vectors of the matrix of positive PMI, found by orthogonal iteration. What the text says of a pair of
/// words lies open in their embeddings, so a small network learns it from a small text.
/// </remarks>
internal static class NeighborEmbeddings
{
    private const int Iterations = 10;
    private const float MaxValue = 4;

    /// <summary>Learns the embeddings.</summary>
    /// <param name="sequences">Sequences of word ids.</param>
    /// <param name="words">V, the number of words.</param>
    /// <param name="dimension">C, an even number.</param>
    /// <returns>The embeddings, (V, C), row-major.</returns>
    public static float[] Learn(IReadOnlyList<int[]> sequences, int words, int dimension)
    {
        var pairs = CreateMatrix(sequences, words);
        var half = dimension / 2;
        var random = new Random(1);
        var following = new double[half][];
        for (var i = 0; i < half; i++)
            following[i] = [.. Enumerable.Range(0, words).Select(_ => random.NextDouble() - 0.5)];
        var preceding = new double[half][];
        for (var iteration = 0; iteration < Iterations; iteration++)
        {
            Orthonormalize(following);
            for (var i = 0; i < half; i++)
                preceding[i] = Multiply(pairs, following[i], words, transposed: false);
            Orthonormalize(preceding);
            for (var i = 0; i < half; i++)
                following[i] = Multiply(pairs, preceding[i], words, transposed: true);
        }

        // Each singular value is now the length of a vector of the words that follow. Its root goes to either half.
        var values = new float[words * dimension];
        for (var i = 0; i < half; i++)
        {
            var root = Math.Sqrt(Math.Sqrt(Dot(following[i], following[i])));
            for (var word = 0; word < words; word++)
            {
                values[word * dimension + i] = (float)(preceding[i][word] * root);
                values[word * dimension + half + i] = root == 0 ? 0 : (float)(following[i][word] / root);
            }
        }

        // The first weights of a network are made for values of about 1. Words that stand seldom have the largest values.
        var size = MathF.Sqrt(values.Sum(value => value * value) / values.Length);
        return size == 0 ? values : Array.ConvertAll(values, value => Math.Clamp(value / size, -MaxValue, MaxValue));
    }

    // The positive entries: how much more often one word follows another than chance would have it.
    private static List<(int First, int Second, double Value)> CreateMatrix(IReadOnlyList<int[]> sequences, int words)
    {
        var pairs = sequences.SelectMany(sequence => sequence.Zip(sequence.Skip(1))).CountBy(pair => pair).ToList();
        double total = pairs.Sum(pair => pair.Value);
        var firsts = new double[words];
        var seconds = new double[words];
        foreach (var ((first, second), count) in pairs)
        {
            firsts[first] += count / total;
            seconds[second] += count / total;
        }

        return [.. pairs
            .Select(pair => (pair.Key.First, pair.Key.Second, Value: Math.Log(pair.Value / total / (firsts[pair.Key.First] * seconds[pair.Key.Second]))))
            .Where(pair => pair.Value > 0)];
    }

    private static double[] Multiply(List<(int First, int Second, double Value)> matrix, double[] vector, int words, bool transposed)
    {
        var product = new double[words];
        foreach (var (first, second, value) in matrix)
        {
            if (transposed)
                product[second] += value * vector[first];
            else
                product[first] += value * vector[second];
        }

        return product;
    }

    // Gram-Schmidt.
    private static void Orthonormalize(double[][] vectors)
    {
        for (var i = 0; i < vectors.Length; i++)
        {
            for (var j = 0; j < i; j++)
            {
                var shared = Dot(vectors[i], vectors[j]);
                for (var k = 0; k < vectors[i].Length; k++)
                    vectors[i][k] -= shared * vectors[j][k];
            }

            var length = Math.Sqrt(Dot(vectors[i], vectors[i]));
            for (var k = 0; k < vectors[i].Length; k++)
                vectors[i][k] = length < 1e-12 ? 0 : vectors[i][k] / length;
        }
    }

    private static double Dot(double[] one, double[] other) => one.Zip(other, (x, y) => x * y).Sum();
}
