using static TorchSharp.torch;

namespace MlNetNtd.Benchmarks.Quality;

/// <summary>
/// Embeddings from counts: the positive pointwise mutual information of each token with the token before it and the token after it, reduced
/// to C dimensions by a truncated singular value decomposition (Levy and Goldberg, 2014).
/// </summary>
internal static class CountEmbeddings
{
    private const int Iterations = 12;

    // More directions than asked for make the last ones converge sooner.
    private const int ExtraDirections = 8;

    /// <summary>Learns an embedding of each token, with a root mean square of 1.</summary>
    /// <param name="documents">The token ids.</param>
    /// <param name="vocabulary">V.</param>
    /// <param name="dimension">C.</param>
    public static EmbeddingTable Learn(int[][] documents, int vocabulary, int dimension)
    {
        using var scope = NewDisposeScope();
        using var gradients = no_grad();
        var values = new float[vocabulary * vocabulary];
        foreach (var document in documents)
        {
            for (var t = 1; t < document.Length; t++)
                values[document[t - 1] * vocabulary + document[t]]++;
        }

        var pairs = tensor(values, [vocabulary, vocabulary]);
        // Rows are tokens; columns are the tokens behind them, then the tokens before them.
        var information = cat([PositiveInformation(pairs), PositiveInformation(pairs.t())], 1);
        var gram = information.matmul(information.t());
        var directions = rand(new long[] { vocabulary, Math.Min(dimension + ExtraDirections, vocabulary) }, generator: new Generator(1)).sub(0.5f);
        for (var i = 0; i < Iterations; i++)
            directions = linalg.qr(gram.matmul(directions)).Q;
        // Orthogonal iteration leaves the directions ordered by their singular values, whose roots scale them.
        var kept = directions.narrow(1, 0, Math.Min(dimension, vocabulary));
        var strengths = kept.mul(gram.matmul(kept)).sum(0).clamp_min(0).pow(0.25f);
        var scaled = kept.mul(strengths);
        scaled = scaled.div(scaled.square().mean().sqrt().clamp_min(1e-12f));
        return EmbeddingTable.FromArray(scaled.contiguous().data<float>().ToArray(), (int)scaled.shape[1]);
    }

    private static Tensor PositiveInformation(Tensor pairs)
    {
        var total = pairs.sum();
        var expected = pairs.sum(1, keepdim: true).matmul(pairs.sum(0, keepdim: true)).div(total);
        return where(pairs.gt(0), pairs.div(expected.clamp_min(1e-12f)).log(), zeros_like(pairs)).clamp_min(0);
    }
}
