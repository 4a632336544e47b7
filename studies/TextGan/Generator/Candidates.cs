using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace MlNetNtd.Studies.TextGan;

/// <summary>Draws words from a generator's distribution.</summary>
internal static class Candidates
{
    /// <summary>Draws words for each token, independently of each other.</summary>
    /// <param name="logits">The generator's logits, (..., V).</param>
    /// <param name="random">Decides the draws.</param>
    /// <param name="count">The number of words per token.</param>
    /// <returns>This many draws, each with a word for each token, row-major.</returns>
    public static int[][] Draw(Tensor logits, Random random, int count)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        var probabilities = logits.detach().softmax(-1).cpu().contiguous();
        var values = MemoryMarshal.Cast<byte, float>(probabilities.bytes);
        var words = (int)probabilities.shape[^1];
        var draws = Enumerable.Range(0, count).Select(_ => new int[probabilities.numel() / words]).ToArray();
        for (var i = 0; i < draws[0].Length; i++)
        {
            foreach (var draw in draws)
                draw[i] = DrawOne(values.Slice(i * words, words), random.NextDouble());
        }

        return draws;
    }

    /// <summary>Draws a word for each token.</summary>
    public static int[] Draw(Tensor logits, Random random) => Draw(logits, random, 1)[0];

    // Probabilities need not sum to exactly 1: the rest goes to the last word that has any.
    private static int DrawOne(ReadOnlySpan<float> probabilities, double point)
    {
        var last = 0;
        for (var word = 0; word < probabilities.Length; word++)
        {
            if (probabilities[word] > 0)
                last = word;
            point -= probabilities[word];
            if (point < 0)
                return word;
        }

        return last;
    }
}
