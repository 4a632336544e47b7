namespace MlNetNtd.Examples.TextGan;

/// <summary>What is made of a text's words without any sense: something that a discriminator must not take for text.</summary>
internal sealed class Gibberish
{
    private readonly Story _story;
    private readonly Random _random;

    public Gibberish(Story story, int seed)
    {
        _story = story;
        _random = new Random(seed);
    }

    /// <summary>Words at random, as often as the text has them.</summary>
    public int[] Words()
    {
        var ids = _story.TrainingIds;
        return [.. Enumerable.Range(0, _story.Tokens).Select(_ => ids[_random.Next(ids.Count)])];
    }

    /// <summary>A window's own words in another order.</summary>
    public int[] Shuffled(int window)
    {
        var words = _story[window].ToArray();
        _random.Shuffle(words);
        return words;
    }
}
