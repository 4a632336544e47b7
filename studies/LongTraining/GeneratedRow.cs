using Microsoft.ML.Data;

namespace MlNetNtd.Studies.LongTraining;

/// <summary>
/// Token ids that mostly follow a rule, as real tokens and as candidates, or with candidates drawn at random. A row is computed from
/// its number, so every pass over the rows reads the same ones.
/// </summary>
internal sealed class GeneratedRow
{
    /// <summary>T.</summary>
    public const int Tokens = 24;

    /// <summary>C.</summary>
    public const int Dimension = 8;

    private const int VocabularySize = 32;

    // How often the rule decides the next id.
    private const double RuleProbability = 0.6;

    private static readonly float[] Embeddings = DrawEmbeddings(new Random(0));

    public bool Label { get; init; }

    [VectorType(Tokens, Dimension)]
    public float[] PreviousEmbeddings { get; init; } = [];

    [VectorType(Tokens, Dimension)]
    public float[] CurrentEmbeddings { get; init; } = [];

    /// <summary>Generates rows, every other one real.</summary>
    public static IEnumerable<GeneratedRow> Generate(int count)
    {
        for (var i = 0; i < count; i++)
        {
            var random = new Random(i);
            var real = DrawSequence(random);
            var isReal = i % 2 == 0;
            yield return new GeneratedRow
            {
                Label = isReal,
                PreviousEmbeddings = Embed(real),
                CurrentEmbeddings = Embed(isReal ? real : [.. real.Select(_ => random.Next(VocabularySize))]),
            };
        }
    }

    private static int[] DrawSequence(Random random)
    {
        var ids = new int[Tokens];
        for (var t = 0; t < Tokens; t++)
            ids[t] = t > 0 && random.NextDouble() < RuleProbability ? (3 * ids[t - 1] + 1) % VocabularySize : random.Next(VocabularySize);
        return ids;
    }

    private static float[] Embed(int[] ids)
    {
        var values = new float[ids.Length * Dimension];
        for (var t = 0; t < ids.Length; t++)
            Embeddings.AsSpan(ids[t] * Dimension, Dimension).CopyTo(values.AsSpan(t * Dimension));
        return values;
    }

    private static float[] DrawEmbeddings(Random random)
    {
        var values = new float[VocabularySize * Dimension];
        for (var i = 0; i < values.Length; i++)
            values[i] = 2 * random.NextSingle() - 1;
        return values;
    }
}
