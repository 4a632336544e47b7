using Microsoft.ML.Data;

namespace MlNetNtd.Tests;

/// <summary>Views of two columns of embeddings and nothing else: every column of a view is an input of ML.NET's model.</summary>
internal static class PairView
{
    public const string Previous = "PreviousEmbeddings";
    public const string Current = "CurrentEmbeddings";

    /// <summary>A view of rows whose type says (T, C).</summary>
    public static TestView OfKnownSize(SequencePair[] pairs, int dimension) =>
        Of(pairs, new VectorDataViewType(NumberDataViewType.Single, pairs[0].Previous.Length / dimension, dimension));

    /// <summary>A view of rows of unknown size.</summary>
    public static TestView OfUnknownSize(SequencePair[] pairs) => Of(pairs, new VectorDataViewType(NumberDataViewType.Single));

    private static TestView Of(SequencePair[] pairs, VectorDataViewType type) => new TestView(pairs.Length)
        .Vector(Previous, type, row => pairs[row].Previous)
        .Vector(Current, type, row => pairs[row].Current);
}
