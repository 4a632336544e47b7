using Microsoft.ML.Data;

namespace MlNetNtd.Examples.Cluster;

/// <summary>Tokens and candidates: a true candidate repeats the token before it, a false one is drawn at random.</summary>
internal sealed record EchoRow(
    bool Label,
    [property: VectorType(EchoRow.Tokens, EchoRow.Dimension)] float[] PreviousEmbeddings,
    [property: VectorType(EchoRow.Tokens, EchoRow.Dimension)] float[] CurrentEmbeddings)
{
    public const int Tokens = 16;
    public const int Dimension = 8;

    /// <summary>The same rows in every process.</summary>
    public static IEnumerable<EchoRow> Rows(int count)
    {
        var random = new Random(1);
        for (var i = 0; i < count; i++)
        {
            var (previous, current) = (Draw(random), Draw(random));
            var label = i % 2 == 0;
            if (label)
                previous.AsSpan(0, (Tokens - 1) * Dimension).CopyTo(current.AsSpan(Dimension));
            yield return new EchoRow(label, previous, current);
        }
    }

    private static float[] Draw(Random random) => [.. Enumerable.Range(0, Tokens * Dimension).Select(_ => 2 * random.NextSingle() - 1)];
}
