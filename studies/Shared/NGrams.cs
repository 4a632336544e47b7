namespace MlNetNtd.Studies;

/// <summary>The frequencies of n-grams in some texts.</summary>
internal sealed class NGrams
{
    private readonly Dictionary<string, double> _frequencies;

    private NGrams(Dictionary<string, double> frequencies) => _frequencies = frequencies;

    /// <summary>Counts the n-grams within each text; none spans two texts.</summary>
    public static NGrams Count(IEnumerable<int[]> texts, int n)
    {
        var counts = texts
            .SelectMany(text => Enumerable.Range(0, Math.Max(0, text.Length - n + 1)).Select(i => string.Join(' ', text[i..(i + n)])))
            .CountBy(run => run, StringComparer.Ordinal)
            .ToDictionary(StringComparer.Ordinal);
        double total = counts.Values.Sum();
        return new NGrams(counts.ToDictionary(pair => pair.Key, pair => pair.Value / total, StringComparer.Ordinal));
    }

    /// <summary>The Jensen-Shannon divergence, in nats: 0 for the same frequencies, ln 2 if no n-gram is common.</summary>
    public double DivergenceFrom(NGrams other)
    {
        var sum = 0.0;
        foreach (var run in _frequencies.Keys.Union(other._frequencies.Keys, StringComparer.Ordinal))
        {
            var (one, two) = (_frequencies.GetValueOrDefault(run), other._frequencies.GetValueOrDefault(run));
            sum += (Part(one, two) + Part(two, one)) / 2;
        }

        return sum;

        static double Part(double frequency, double other) => frequency == 0 ? 0 : frequency * Math.Log(2 * frequency / (frequency + other));
    }
}
