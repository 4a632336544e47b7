using Microsoft.ML;

namespace MlNetNtd.Tests;

/// <summary>
/// Rows that are separable by one value, for tests of everything but learning: the first value of a real candidate is positive, that of a
/// generated one negative.
/// </summary>
internal static class Samples
{
    public const int Dimension = TokenRow.Dimension;

    /// <summary>Rows of <see cref="TokenRow.Tokens"/> tokens, half of them true.</summary>
    public static List<TokenRow> Fixed(int rows, int seed = 1)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, rows).Select(i =>
        {
            var free = Free(random, TokenRow.Tokens, i);
            return new TokenRow { PreviousEmbeddings = free.PreviousEmbeddings, CurrentEmbeddings = free.CurrentEmbeddings, Label = free.Label };
        })];
    }

    /// <summary>Rows of 1 to <paramref name="maxTokens"/> tokens, half of them true.</summary>
    public static List<TrainingRow> Free(int rows, int maxTokens, int seed = 1)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, rows).Select(i => Free(random, 1 + random.Next(maxTokens), i))];
    }

    /// <summary>A view of <see cref="Fixed"/>.</summary>
    public static IDataView View(MLContext context, int rows, int seed = 1) => context.Data.LoadFromEnumerable(Fixed(rows, seed));

    private static TrainingRow Free(Random random, int tokens, int number)
    {
        var label = number % 2 == 0;
        var previous = Values(random, tokens * Dimension);
        var current = Values(random, tokens * Dimension);
        for (var t = 0; t < tokens; t++)
            Mark(current, t, label);
        return new TrainingRow
        {
            PreviousEmbeddings = previous,
            CurrentEmbeddings = current,
            Label = label,
            TokenLabels = [.. Enumerable.Repeat(label, tokens)],
            Number = number,
        };
    }

    /// <summary>Makes a candidate true or false.</summary>
    public static void Mark(float[] current, int token, bool label) =>
        current[token * Dimension] = (label ? 1 : -1) * (0.5f + Math.Abs(current[token * Dimension]));

    /// <summary>Values between -1 and 1.</summary>
    public static float[] Values(Random random, int count)
    {
        var values = new float[count];
        for (var i = 0; i < count; i++)
            values[i] = 2 * random.NextSingle() - 1;
        return values;
    }
}
