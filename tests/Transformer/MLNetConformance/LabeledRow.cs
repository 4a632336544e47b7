using Microsoft.ML.Data;

namespace MlNetNtd.Tests;

/// <summary>A row for a discriminator: two sequences, and whether the second one is real.</summary>
public sealed class LabeledRow
{
    /// <summary>T of all rows.</summary>
    public const int Tokens = 4;

    /// <summary>C of all rows.</summary>
    public const int Dimension = 3;

    /// <summary>What a label's predictions are moved by where the two can be told apart.</summary>
    private const float Shift = 0.5f;

    [VectorType(Tokens, Dimension)]
    public float[] PreviousEmbeddings { get; set; } = [];

    [VectorType(Tokens, Dimension)]
    public float[] CurrentEmbeddings { get; set; } = [];

    public bool Label { get; set; }

    public float Number { get; set; }

    /// <summary>Rows of both labels in turn.</summary>
    /// <param name="count">How many.</param>
    /// <param name="canTell">
    /// Whether predictions give themselves away, by another mean; otherwise they are like the real ones, and the best
    /// discriminator can but guess.
    /// </param>
    /// <param name="seed">Another one, other rows.</param>
    public static List<LabeledRow> Make(int count, bool canTell = true, int seed = 1)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(row =>
        {
            var isReal = row % 2 == 0;
            var (previous, current) = Sequences.Pair(random, Tokens, Dimension);
            return new LabeledRow
            {
                PreviousEmbeddings = previous,
                CurrentEmbeddings = isReal || !canTell ? current : Array.ConvertAll(current, value => value + Shift),
                Label = isReal,
                Number = row,
            };
        })];
    }

    /// <summary>The combined sequence that the transform writes by default.</summary>
    public float[] Combined() => Reference.Combined(new float[Dimension], new SequencePair(PreviousEmbeddings, CurrentEmbeddings));
}
