namespace MlNetNtd.Examples.TextGan;

/// <summary>How often runs of n words stand in some texts.</summary>
internal sealed class NGrams
{
    private readonly Dictionary<string, double> _shares;

    private NGrams(Dictionary<string, double> shares) => _shares = shares;

    /// <summary>Counts the runs within each text, none across two.</summary>
    public static NGrams Of(IEnumerable<int[]> texts, int n)
    {
        var counts = texts
            .SelectMany(text => Enumerable.Range(0, Math.Max(0, text.Length - n + 1)).Select(i => string.Join(' ', text[i..(i + n)])))
            .CountBy(run => run, StringComparer.Ordinal)
            .ToDictionary(StringComparer.Ordinal);
        double total = counts.Values.Sum();
        return new NGrams(counts.ToDictionary(pair => pair.Key, pair => pair.Value / total, StringComparer.Ordinal));
    }

    /// <summary>The Jensen-Shannon divergence, in nats: 0 where shares are alike, ln 2 where nothing is common.</summary>
    public double DivergenceFrom(NGrams other)
    {
        var sum = 0.0;
        foreach (var run in _shares.Keys.Union(other._shares.Keys, StringComparer.Ordinal))
        {
            var (one, two) = (_shares.GetValueOrDefault(run), other._shares.GetValueOrDefault(run));
            sum += (Part(one, two) + Part(two, one)) / 2;
        }

        return sum;

        static double Part(double share, double against) => share == 0 ? 0 : share * Math.Log(2 * share / (share + against));
    }
}
