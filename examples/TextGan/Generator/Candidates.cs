using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace MlNetNtd.Examples.TextGan;

/// <summary>Words drawn from what a generator says, and their embeddings.</summary>
internal static class Candidates
{
    /// <summary>
    /// The embeddings of drawn words, through which the generator can be trained although a draw has no gradient.
    /// </summary>
    /// <remarks>
    /// Forward, a candidate is the embedding of one word, as a true token is: the expected embedding, a mixture of many
    /// words, would be told apart by its length alone. Backward, it is the expected embedding, softmax(logits) * table,
    /// which is differentiable (the straight-through estimator).
    /// </remarks>
    /// <param name="logits">What the generator says, (B, T, V).</param>
    /// <param name="table">The embeddings of the words, (V, C).</param>
    /// <param name="random">Decides the draws.</param>
    /// <returns>(B, T, C).</returns>
    public static Tensor Embed(Tensor logits, Tensor table, Random random)
    {
        using var scope = NewDisposeScope();
        var shares = logits.softmax(-1);
        var expected = shares.matmul(table);
        long[] ids = [.. DrawFrom(shares, random).Select(id => (long)id)];
        var drawn = table.index_select(0, tensor(ids).to(table.device)).reshape(expected.shape);
        return expected.add(drawn.sub(expected).detach()).MoveToOuterDisposeScope();
    }

    /// <summary>Draws a word for each token.</summary>
    /// <param name="logits">What the generator says, (B, T, V).</param>
    /// <param name="random">Decides the draws.</param>
    /// <returns>B * T words, row-major.</returns>
    public static int[] Draw(Tensor logits, Random random)
    {
        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        return DrawFrom(logits.softmax(-1), random);
    }

    private static int[] DrawFrom(Tensor shares, Random random)
    {
        var values = MemoryMarshal.Cast<byte, float>(shares.detach().cpu().contiguous().bytes);
        var words = (int)shares.shape[^1];
        var drawn = new int[values.Length / words];
        for (var i = 0; i < drawn.Length; i++)
            drawn[i] = DrawOne(values.Slice(i * words, words), random.NextDouble());
        return drawn;
    }

    // Shares need not add up to exactly 1: what is left at the end goes to the last word that has any.
    private static int DrawOne(ReadOnlySpan<float> shares, double point)
    {
        var last = 0;
        for (var word = 0; word < shares.Length; word++)
        {
            if (shares[word] > 0)
                last = word;
            point -= shares[word];
            if (point < 0)
                return word;
        }

        return last;
    }
}
