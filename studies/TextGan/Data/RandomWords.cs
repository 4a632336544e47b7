namespace MlNetNtd.Studies.TextGan;

/// <summary>Draws sequences of the text's words that are no text.</summary>
internal sealed class RandomWords(TextDataset dataset, int seed)
{
    private readonly Random _random = new(seed);

    /// <summary>Draws T words by their frequency in the text.</summary>
    public int[] Draw()
    {
        var ids = dataset.TrainingIds;
        return [.. Enumerable.Range(0, dataset.Tokens).Select(_ => ids[_random.Next(ids.Count)])];
    }

    /// <summary>Shuffles a window's own words.</summary>
    public int[] Shuffle(int window)
    {
        var words = dataset[window].ToArray();
        _random.Shuffle(words);
        return words;
    }
}
