using Microsoft.ML.Data;

namespace MlNetNtd.Tests;

/// <summary>Row classes for <c>LoadFromEnumerable</c> and <c>CreatePredictionEngine</c>, and rows of them.</summary>
public static class TestRows
{
    /// <summary>T of the rows of known size.</summary>
    public const int Tokens = 3;

    /// <summary>C of all rows.</summary>
    public const int Dimension = 4;

    /// <summary>Rows of known size whose type says (T, C).</summary>
    public static List<ShapedRow> Shaped(int rows, int seed = 1) => [.. Sequences.Pairs(rows, Tokens, Dimension, seed)
        .Select((pair, row) => new ShapedRow
        {
            PreviousEmbeddings = pair.Previous,
            CurrentEmbeddings = pair.Current,
            Number = row,
            Text = $"row {row}",
        })];

    /// <summary>Rows of unknown size, 1 to <paramref name="maxTokens"/> tokens each.</summary>
    public static List<UnsizedRow> Free(int rows, int maxTokens, int seed = 1) => [.. Sequences.Mixed(rows, maxTokens, Dimension, seed)
        .Select((pair, row) => new UnsizedRow
        {
            PreviousEmbeddings = pair.Previous,
            CurrentEmbeddings = pair.Current,
            Number = row,
        })];
}

/// <summary>Two sequences whose type says (T, C), and what a user has beside them.</summary>
public sealed class ShapedRow
{
    [VectorType(TestRows.Tokens, TestRows.Dimension)]
    public float[] PreviousEmbeddings { get; set; } = [];

    [VectorType(TestRows.Tokens, TestRows.Dimension)]
    public float[] CurrentEmbeddings { get; set; } = [];

    public int Number { get; set; }

    public string Text { get; set; } = "";
}

/// <summary>Two sequences whose type says only how many values they have.</summary>
public sealed class FlatRow
{
    [VectorType(TestRows.Tokens * TestRows.Dimension)]
    public float[] PreviousEmbeddings { get; set; } = [];

    [VectorType(TestRows.Tokens * TestRows.Dimension)]
    public float[] CurrentEmbeddings { get; set; } = [];
}

/// <summary>Two sequences of unknown size.</summary>
public sealed class UnsizedRow
{
    public float[] PreviousEmbeddings { get; set; } = [];

    public float[] CurrentEmbeddings { get; set; } = [];

    public int Number { get; set; }
}

/// <summary>The columns that the transform writes by default.</summary>
public sealed class CombinedRow
{
    public float[] Combined { get; set; } = [];

    public bool[] Mask { get; set; } = [];
}
