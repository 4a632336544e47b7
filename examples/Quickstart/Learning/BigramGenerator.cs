namespace MlNetNtd.Examples.Quickstart;

/// <summary>
/// The generator of this example: what follows a word, by counting what followed it in the text. Smoothed, so
/// that a word seen seldom leaves nearly everything open.
/// </summary>
/// <remarks>
/// p(next | previous) = (count(previous, next) + w p(next)) / (count(previous) + w), with the weight w of the
/// words' plain frequencies. A real generator would be a network; it would fill the same column.
/// </remarks>
internal sealed class BigramGenerator
{
    private const double Weight = 5;

    private readonly double[] _frequencies;
    private readonly Dictionary<int, int>[] _followers;
    private readonly long[] _followed;
    private readonly float[][] _expected;

    private BigramGenerator(double[] frequencies, Dictionary<int, int>[] followers, long[] followed, Embeddings embeddings, float[] average)
    {
        _frequencies = frequencies;
        _followers = followers;
        _followed = followed;
        Unconditional = average;
        _expected = new float[followers.Length][];
        for (var previous = 0; previous < _expected.Length; previous++)
            _expected[previous] = Expect(previous, embeddings);
    }

    /// <summary>The embedding expected where no word comes before, C values: the average of the text.</summary>
    public float[] Unconditional { get; }

    /// <summary>Counts the pairs of neighbours in a text.</summary>
    /// <param name="ids">The text, one number a token.</param>
    /// <param name="words">The number of words.</param>
    /// <param name="embeddings">The embedding of each word.</param>
    public static BigramGenerator Learn(IReadOnlyList<int> ids, int words, Embeddings embeddings)
    {
        var frequencies = new double[words];
        var followers = new Dictionary<int, int>[words];
        var followed = new long[words];
        for (var word = 0; word < words; word++)
            followers[word] = [];
        foreach (var id in ids)
            frequencies[id] += 1.0 / ids.Count;
        for (var i = 1; i < ids.Count; i++)
        {
            followers[ids[i - 1]][ids[i]] = followers[ids[i - 1]].GetValueOrDefault(ids[i]) + 1;
            followed[ids[i - 1]]++;
        }

        return new BigramGenerator(frequencies, followers, followed, embeddings, embeddings.Average(ids));
    }

    /// <summary>The probability that a word follows another.</summary>
    public double Probability(int previous, int next) =>
        (_followers[previous].GetValueOrDefault(next) + Weight * _frequencies[next]) / (_followed[previous] + Weight);

    /// <summary>The words most likely to follow, likeliest first.</summary>
    public IEnumerable<int> LikeliestNext(int previous, int count) => Enumerable.Range(0, _frequencies.Length)
        .OrderByDescending(next => Probability(previous, next))
        .Take(count);

    /// <summary>The embedding expected to follow a word, C values: the embeddings of all words, weighted by probability.</summary>
    public ReadOnlySpan<float> ExpectedNext(int previous) => _expected[previous];

    // The sum over all words, of which most have no count: their share is the average's.
    private float[] Expect(int previous, Embeddings embeddings)
    {
        var sums = Unconditional.Select(value => Weight * value).ToArray();
        foreach (var (next, count) in _followers[previous])
        {
            for (var i = 0; i < sums.Length; i++)
                sums[i] += count * (double)embeddings[next][i];
        }

        return [.. sums.Select(sum => (float)(sum / (_followed[previous] + Weight)))];
    }
}
