namespace MlNetNtd.Tests;

/// <summary>The two sequences of one row, both (T, C), row-major.</summary>
internal sealed record SequencePair(float[] Previous, float[] Current);

/// <summary>Rows of random sequences, the same ones at every run.</summary>
internal static class Sequences
{
    /// <summary>One row of T tokens.</summary>
    public static SequencePair Pair(Random random, int tokens, int dimension) =>
        new(Values(random, tokens * dimension), Values(random, tokens * dimension));

    /// <summary>Rows of T tokens each.</summary>
    public static SequencePair[] Pairs(int rows, int tokens, int dimension, int seed = 1)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, rows).Select(_ => Pair(random, tokens, dimension))];
    }

    /// <summary>Rows of 1 to <paramref name="maxTokens"/> tokens.</summary>
    public static SequencePair[] Mixed(int rows, int maxTokens, int dimension, int seed = 1)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, rows).Select(_ => Pair(random, random.Next(1, maxTokens + 1), dimension))];
    }

    /// <summary>Values between -1 and 1, every third of them zero, so that sparse vectors have something to leave out.</summary>
    public static float[] Values(Random random, int count)
    {
        var values = new float[count];
        for (var i = 0; i < count; i++)
            values[i] = random.Next(3) == 0 ? 0f : 2 * random.NextSingle() - 1;
        return values;
    }
}
