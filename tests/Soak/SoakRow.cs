using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetNtd.Soak;

/// <summary>A row of true and predicted embeddings.</summary>
public sealed class SoakRow
{
    internal const int Tokens = 6;
    internal const int Dimension = 8;

    [VectorType(Tokens, Dimension)]
    public float[] PreviousEmbeddings { get; set; } = [];

    [VectorType(Tokens, Dimension)]
    public float[] CurrentEmbeddings { get; set; } = [];

    public bool Label { get; set; }

    internal static IDataView View(MLContext context, int rows)
    {
        var random = new Random(1);
        return context.Data.LoadFromEnumerable(Enumerable.Range(0, rows).Select(row => new SoakRow
        {
            PreviousEmbeddings = Values(random),
            CurrentEmbeddings = Values(random),
            Label = row % 2 == 0,
        }).ToArray());
    }

    private static float[] Values(Random random) => [.. Enumerable.Range(0, Tokens * Dimension).Select(_ => random.NextSingle())];
}
