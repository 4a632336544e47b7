using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace MlNetNtd.Examples.TextGan;

/// <summary>Draws words as likely as a generator says.</summary>
internal static class Candidates
{
    /// <summary>Draws words for each token, independently of each other.</summary>
    /// <param name="logits">What the generator says, (..., V).</param>
    /// <param name="random">Decides the draws.</param>
    /// <param name="count">How many words a token.</param>
    /// <returns>So many draws, each of a word for each token, row-major.</returns>
    public static int[][] Draw(Tensor logits, Random random, int count)
    {
        using var scope = NewDisposeScope();
        using var quiet = no_grad();
        var shares = logits.detach().softmax(-1).cpu().contiguous();
        var values = MemoryMarshal.Cast<byte, float>(shares.bytes);
        var words = (int)shares.shape[^1];
        var draws = Enumerable.Range(0, count).Select(_ => new int[shares.numel() / words]).ToArray();
        for (var i = 0; i < draws[0].Length; i++)
        {
            foreach (var draw in draws)
                draw[i] = DrawOne(values.Slice(i * words, words), random.NextDouble());
        }

        return draws;
    }

    /// <summary>Draws a word for each token.</summary>
    public static int[] Draw(Tensor logits, Random random) => Draw(logits, random, 1)[0];

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
