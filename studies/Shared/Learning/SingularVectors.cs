namespace MlNetNtd.Examples;

/// <summary>The singular vectors of a symmetric matrix that carry most of it, by orthogonal iteration.</summary>
internal static class SingularVectors
{
    private const int Rounds = 20;

    // A few vectors more than asked for make the last ones asked for settle sooner.
    private const int Spare = 8;

    // Of a vector that the earlier ones span, only rounding errors remain.
    private const double Nothing = 1e-9;

    /// <summary>Finds the vectors of the largest singular values, largest first.</summary>
    /// <param name="matrix">The matrix.</param>
    /// <param name="count">How many are asked for; at most the size of the matrix are found.</param>
    /// <returns>Each vector of length 1 with its singular value, or of zeros with 0 beyond the rank of the matrix.</returns>
    public static (double[] Vector, double Value)[] Of(PpmiMatrix matrix, int count)
    {
        // Always the same start, so that every run learns the same.
        var random = new Random(20240229);
        var vectors = new double[Math.Min(count + Spare, matrix.Size)][];
        for (var i = 0; i < vectors.Length; i++)
            vectors[i] = [.. Enumerable.Range(0, matrix.Size).Select(_ => random.NextDouble() - 0.5)];

        Orthonormalize(vectors);
        for (var round = 0; round < Rounds; round++)
        {
            // Twice, because making them orthogonal costs more than the product.
            vectors = Array.ConvertAll(vectors, vector => matrix.Times(matrix.Times(vector)));
            Orthonormalize(vectors);
        }

        // The length of the product, not the eigenvalue: two eigenvalues that differ in sign alone would mix.
        return [.. vectors
            .Select(vector => (Vector: vector, Value: Length(matrix.Times(vector))))
            .OrderByDescending(pair => pair.Value)
            .Take(count)];
    }

    private static void Orthonormalize(double[][] vectors)
    {
        for (var i = 0; i < vectors.Length; i++)
        {
            var vector = vectors[i];
            var before = Length(vector);
            for (var j = 0; j < i; j++)
                Add(vector, vectors[j], -Dot(vector, vectors[j]));

            var length = Length(vector);
            var scale = length > Nothing * before ? 1 / length : 0;
            for (var k = 0; k < vector.Length; k++)
                vector[k] *= scale;
        }
    }

    private static void Add(double[] vector, double[] other, double factor)
    {
        for (var k = 0; k < vector.Length; k++)
            vector[k] += factor * other[k];
    }

    private static double Length(double[] vector) => Math.Sqrt(Dot(vector, vector));

    private static double Dot(double[] one, double[] other)
    {
        var sum = 0.0;
        for (var k = 0; k < one.Length; k++)
            sum += one[k] * other[k];
        return sum;
    }
}
