namespace MlNetNtd.Studies.TextGan;

/// <summary>The frequencies of words and of pairs of neighbors in the text to learn from: a baseline for a model of the text.</summary>
/// <remarks>
/// p(next | previous) = (count(previous, next) + w p(next)) / (count(previous) + w). The weight w of the words' plain
/// frequencies is the one that does best on the last tenth of the text to learn from, counted on the rest.
/// </remarks>
internal sealed class PairCounts
{
    private const int ValidationPart = 10;

    private static readonly double[] Weights = [1, 2, 5, 10, 20, 40, 80];

    private readonly double[] _probabilities;
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

        _probabilities = [.. counts.Select(count => count / (double)(ids.Count + words))];
    }

    public int Words { get; }

    /// <summary>w.</summary>
    public double Weight { get; }

    public static PairCounts Count(TextDataset dataset)
    {
        var (ids, words) = (dataset.TrainingIds, dataset.Vocabulary.Count);
        var counted = ids.Count - ids.Count / ValidationPart;
        var weight = Weights.MinBy(weight =>
        {
            var trial = new PairCounts(ids[..counted], words, weight);
            return Enumerable.Range(counted, ids.Count - counted).Sum(i => -Math.Log(trial.PairProbability(ids[i - 1], ids[i])));
        });
        return new PairCounts(ids, words, weight);
    }

    /// <summary>Gets the probability of a word without context.</summary>
    public double WordProbability(int word) => _probabilities[word];

    /// <summary>Gets the probability of a word behind another.</summary>
    public double PairProbability(int previous, int next) =>
        (_pairs.GetValueOrDefault((previous, next)) + Weight * _probabilities[next]) / (_followed[previous] + Weight);

    /// <summary>Pointwise mutual information: how much likelier a word is behind another than anywhere, in nats.</summary>
    public double Information(int previous, int next) => Math.Log(PairProbability(previous, next) / _probabilities[next]);

    /// <summary>Computes the next-word loss of single-word frequencies on windows of the text, in nats per word.</summary>
    public double ComputeWordLoss(TextDataset dataset, IEnumerable<int> windows) => ComputeLoss(dataset, windows, (_, word) => WordProbability(word));

    /// <summary>Computes the next-word loss of pair frequencies, in nats per word. A window's first word has no word before it.</summary>
    public double ComputePairLoss(TextDataset dataset, IEnumerable<int> windows) =>
        ComputeLoss(dataset, windows, (previous, word) => previous is { } known ? PairProbability(known, word) : WordProbability(word));

    private static double ComputeLoss(TextDataset dataset, IEnumerable<int> windows, Func<int?, int, double> probability)
    {
        var (sum, count) = (0.0, 0L);
        foreach (var window in windows)
        {
            for (var i = 0; i < dataset.Tokens; i++)
                sum -= Math.Log(probability(i == 0 ? null : dataset[window][i - 1], dataset[window][i]));
            count += dataset.Tokens;
        }

        return sum / count;
    }
}
