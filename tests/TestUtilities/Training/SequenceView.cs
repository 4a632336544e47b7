using Microsoft.ML.Data;

namespace MlNetNtd.Tests;

/// <summary>Views of combined sequences alone, with random values.</summary>
internal static class SequenceView
{
    /// <summary>Rows of so many tokens each, of a type that says no more than C.</summary>
    public static TestView Of(params int[] tokens) => Of(new VectorDataViewType(NumberDataViewType.Single, 0, Samples.Dimension), tokens);

    /// <summary>Rows of the same number of tokens, of a type that says it.</summary>
    public static TestView OfKnownSize(int rows, int tokens) => Of(
        new VectorDataViewType(NumberDataViewType.Single, 2 * tokens, Samples.Dimension), [.. Enumerable.Repeat(tokens, rows)]);

    private static TestView Of(VectorDataViewType type, int[] tokens) => new TestView(tokens.Length).Vector(
        TransformedCopy.Combined, type, row => Samples.Values(new Random((int)row), 2 * tokens[row] * Samples.Dimension));
}
