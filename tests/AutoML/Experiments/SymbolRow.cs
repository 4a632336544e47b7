using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetNtd.AutoML.Tests;

/// <summary>A text of symbols in which each follows from the one before, and candidates that follow or do not.</summary>
public sealed class SymbolRow
{
    private const int Tokens = 5;
    private const int Symbols = 6;

    [VectorType(Tokens, Symbols)]
    public float[] PreviousEmbeddings { get; set; } = [];

    [VectorType(Tokens, Symbols)]
    public float[] CurrentEmbeddings { get; set; } = [];

    public bool Label { get; set; }

    /// <summary>As many rows of either kind.</summary>
    public static IDataView View(MLContext mlContext, int rows, int seed)
    {
        var random = new Random(seed);
        return mlContext.Data.LoadFromEnumerable(Enumerable.Range(0, rows).Select(i => Draw(random, i % 2 == 0)).ToArray());
    }

    private static SymbolRow Draw(Random random, bool isTrue)
    {
        var first = random.Next(Symbols);
        int[] text = [.. Enumerable.Range(0, Tokens).Select(t => (first + t) % Symbols)];
        return new SymbolRow
        {
            PreviousEmbeddings = Embed(text),
            CurrentEmbeddings = Embed(isTrue ? text : [.. text.Select(_ => random.Next(Symbols))]),
            Label = isTrue,
        };
    }

    private static float[] Embed(int[] text)
    {
        var values = new float[Tokens * Symbols];
        for (var t = 0; t < Tokens; t++)
            values[t * Symbols + text[t]] = 2;
        return values;
    }
}
