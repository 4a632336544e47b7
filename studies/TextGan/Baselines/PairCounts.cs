namespace MlNetNtd.Examples.TextGan;

/// <summary>
/// How often each word, and each pair of neighbours, stands in the text to learn from: the least that a model of the text
/// has to beat.
/// </summary>
/// <remarks>
/// p(next | previous) = (count(previous, next) + w p(next)) / (count(previous) + w). The weight w of the words' plain
/// frequencies is the one that does best on the last tenth of the text to learn from, counted on the rest.
/// </remarks>
internal sealed class PairCounts
{
    private const int TrialShare = 10;

    private static readonly double[] Weights = [1, 2, 5, 10, 20, 40, 80];

    private readonly double[] _shares;
    private readonly Dictionary<(int Previous, int Next), int> _pairs = [];
    private readonly int[] _followed;

    private PairCounts(IReadOnlyList<int> ids, int words, double weight)
    {
        Words = words;
        Weight = weight;
        _followed = new int[words];
        // One more than counted, so that no word is impossible.
        var counts = Enumerable.Repeat(1L, words).ToArray();
        for (var i = 0; i < ids.Count; i++)
        {
            counts[ids[i]]++;
            if (i == 0)
                continue;
            _pairs[(ids[i - 1], ids[i])] = _pairs.GetValueOrDefault((ids[i - 1], ids[i])) + 1;
            _followed[ids[i - 1]]++;
        }

        _shares = [.. counts.Select(count => count / (double)(ids.Count + words))];
    }

    public int Words { get; }

    /// <summary>w.</summary>
    public double Weight { get; }

    /// <summary>Every pair that stands in the text.</summary>
    public IEnumerable<(int Previous, int Next)> Pairs => _pairs.Keys;

    public static PairCounts Of(Story story)
    {
        var (ids, words) = (story.TrainingIds, story.Vocabulary.Count);
        var counted = ids.Count - ids.Count / TrialShare;
        var weight = Weights.MinBy(weight =>
        {
            var trial = new PairCounts(ids[..counted], words, weight);
            return Enumerable.Range(counted, ids.Count - counted).Sum(i => -Math.Log(trial.PairShare(ids[i - 1], ids[i])));
        });
        return new PairCounts(ids, words, weight);
    }

    /// <summary>The probability of a word where nothing is known.</summary>
    public double WordShare(int word) => _shares[word];

    /// <summary>The probability of a word behind another.</summary>
    public double PairShare(int previous, int next) =>
        (_pairs.GetValueOrDefault((previous, next)) + Weight * _shares[next]) / (_followed[previous] + Weight);

    /// <summary>Pointwise mutual information: how much likelier a word is behind another than anywhere, in nats.</summary>
    public double Information(int previous, int next) => Math.Log(PairShare(previous, next) / _shares[next]);

    /// <summary>What single words come to on windows of the text, in nats a word.</summary>
    public double WordNats(Story story, IEnumerable<int> windows) => Nats(story, windows, (_, word) => WordShare(word));

    /// <summary>What pairs come to, in nats a word. Of a window's first word they know as little as a network does: nothing before it.</summary>
    public double PairNats(Story story, IEnumerable<int> windows) =>
        Nats(story, windows, (previous, word) => previous is { } known ? PairShare(known, word) : WordShare(word));

    private static double Nats(Story story, IEnumerable<int> windows, Func<int?, int, double> share)
    {
        var (sum, count) = (0.0, 0L);
        foreach (var window in windows)
        {
            for (var i = 0; i < story.Tokens; i++)
                sum -= Math.Log(share(i == 0 ? null : story[window][i - 1], story[window][i]));
            count += story.Tokens;
        }

        return sum / count;
    }
}
