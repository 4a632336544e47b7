namespace MlNetNtd.Examples.LongTraining;

/// <summary>
/// Rows that are made while they are read and are the same each time: symbols that mostly follow a rule, as the true tokens and
/// as the candidates, or as candidates others that follow none.
/// </summary>
internal static class MadeRows
{
    /// <summary>T.</summary>
    public const int Tokens = 24;

    /// <summary>C.</summary>
    public const int Dimension = 8;

    private const int Symbols = 32;

    // How often a symbol is what the one before it makes.
    private const double Regular = 0.6;

    private static readonly float[] Embeddings = Draw(new Random(0), Symbols * Dimension);

    /// <summary>So many rows, every other one true.</summary>
    public static IEnumerable<MadeRow> Of(int count)
    {
        for (var i = 0; i < count; i++)
        {
            var random = new Random(i);
            var truth = Sequence(random);
            var isTrue = i % 2 == 0;
            yield return new MadeRow
            {
                Label = isTrue,
                PreviousEmbeddings = Embed(truth),
                CurrentEmbeddings = Embed(isTrue ? truth : [.. truth.Select(_ => random.Next(Symbols))]),
            };
        }
    }

    private static int[] Sequence(Random random)
    {
        var symbols = new int[Tokens];
        for (var t = 0; t < Tokens; t++)
            symbols[t] = t > 0 && random.NextDouble() < Regular ? (3 * symbols[t - 1] + 1) % Symbols : random.Next(Symbols);
        return symbols;
    }

    private static float[] Embed(int[] symbols)
    {
        var values = new float[symbols.Length * Dimension];
        for (var t = 0; t < symbols.Length; t++)
            Embeddings.AsSpan(symbols[t] * Dimension, Dimension).CopyTo(values.AsSpan(t * Dimension));
        return values;
    }

    private static float[] Draw(Random random, int count)
    {
        var values = new float[count];
        for (var i = 0; i < count; i++)
            values[i] = 2 * random.NextSingle() - 1;
        return values;
    }
}
