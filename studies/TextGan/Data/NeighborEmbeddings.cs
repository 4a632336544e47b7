using static TorchSharp.torch;

namespace MlNetNtd.Studies.TextGan;

/// <summary>
/// Embeddings in two halves, learned from pairs of neighbors: the first half predicts the word behind, the second the word
/// before. The first half of one and the second half of the other make their mutual information.
/// </summary>
/// <remarks>
/// The singular vectors of the matrix of mutual information, each entry weighted by the root of both words' probabilities, so
/// that frequent words count for more. What can be known of a pair lies open in two such embeddings, and a network that
/// sees one of each need not find it out from the text's few examples.
/// </remarks>
internal static class NeighborEmbeddings
{
    private const int Iterations = 12;

    // A few vectors more than asked for make the last ones asked for settle sooner.
    private const int Spare = 8;

    // The size of a value, on average: what networks' first weights are made for. With a third of it the discriminator
    // learned nothing in the time that it now takes to tell random words.
    private const double Size = 1;

    // In such sizes. Words seen once or twice have the largest values of all and deserve them least.
    private const double Largest = 5;

    /// <summary>Learns an embedding for each word.</summary>
    /// <param name="counts">The pairs.</param>
    /// <param name="dimension">C.</param>
    /// <returns>(words, C), row-major; an odd C, or more than the words give, leaves zeros.</returns>
    public static float[] Learn(PairCounts counts, int dimension)
    {
        var words = counts.Words;
        var half = Math.Min(dimension / 2, words);
        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        var matrix = Matrix(counts);
        var before = Directions(matrix.matmul(matrix.transpose(0, 1)), half);
        var behind = matrix.transpose(0, 1).matmul(before);
        // behind has length s along each direction; the root of s goes to either half.
        var strengths = behind.square().sum(0, keepdim: true).sqrt().clamp_min(1e-12);
        var roots = Aligned.Tensor([.. Enumerable.Range(0, words).Select(word => (float)(1 / Math.Sqrt(counts.WordProbability(word))))], words, 1);
        var first = Scale(before.mul(strengths.sqrt()).mul(roots));
        var second = Scale(behind.div(strengths.sqrt()).mul(roots));
        var rest = zeros([words, dimension - 2 * half]);
        return cat([first, second, rest], 1).contiguous().data<float>().ToArray();
    }

    private static Tensor Matrix(PairCounts counts)
    {
        var words = counts.Words;
        var values = new float[words * words];
        for (var previous = 0; previous < words; previous++)
        {
            for (var next = 0; next < words; next++)
            {
                values[previous * words + next] = (float)(counts.Information(previous, next)
                    * Math.Sqrt(counts.WordProbability(previous) * counts.WordProbability(next)));
            }
        }

        return Aligned.Tensor(values, words, words);
    }

    // Orthogonal iteration, always from the same start, so that every run learns the same.
    private static Tensor Directions(Tensor symmetric, int count)
    {
        var words = (int)symmetric.shape[0];
        var random = new Random(20240229);
        var columns = Math.Min(count + Spare, words);
        var vectors = Aligned.Tensor([.. Enumerable.Range(0, words * columns).Select(_ => (float)(random.NextDouble() - 0.5))], words, columns);
        for (var i = 0; i < Iterations; i++)
            vectors = linalg.qr(symmetric.matmul(vectors)).Q;
        return vectors.narrow(1, 0, count);
    }

    private static Tensor Scale(Tensor values)
    {
        var scaled = values.mul(Size).div(values.square().mean().sqrt().clamp_min(1e-12));
        return scaled.clamp(-Largest * Size, Largest * Size);
    }
}
