using Microsoft.ML.Data;

namespace MlNetNtd.Tests;

/// <summary>Rows with several candidates of each token.</summary>
internal static class CandidateView
{
    /// <summary>Creates rows of T tokens, or of 1 to T.</summary>
    public static SequencePair[] CreatePairs(int rows, int tokens, int candidates, int dimension, bool sameLength, int seed = 1)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, rows).Select(_ =>
        {
            var length = dimension * (sameLength ? tokens : random.Next(1, tokens + 1));
            return new SequencePair(Sequences.Values(random, length), Sequences.Values(random, candidates * length));
        })];
    }

    /// <summary>A view of rows of one length, whose types say (T, C) and (T, K, C).</summary>
    public static TestView OfKnownSize(SequencePair[] pairs, int candidates, int dimension)
    {
        var tokens = pairs[0].Previous.Length / dimension;
        return new TestView(pairs.Length)
            .Vector(PairView.Previous, new VectorDataViewType(NumberDataViewType.Single, tokens, dimension), row => pairs[row].Previous)
            .Vector(PairView.Current, new VectorDataViewType(NumberDataViewType.Single, tokens, candidates, dimension), row => pairs[row].Current);
    }
}
