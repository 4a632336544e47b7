namespace MlNetNtd.Studies.TextGan;

/// <summary>The words that have an embedding of their own, numbered by falling frequency; number 0 is all others.</summary>
internal sealed class Vocabulary
{
    /// <summary>The number of every word that is too rare to learn anything about.</summary>
    public const int UnknownId = 0;

    /// <summary>How that word is printed.</summary>
    public const string UnknownWord = "<unk>";

    private readonly string[] _words;
    private readonly Dictionary<string, int> _ids;

    private Vocabulary(string[] words)
    {
        _words = words;
        _ids = words.Select((word, id) => (word, id)).ToDictionary(pair => pair.word, pair => pair.id, StringComparer.Ordinal);
    }

    /// <summary>The number of words, <see cref="UnknownWord"/> among them.</summary>
    public int Count => _words.Length;

    /// <summary>The word of a number.</summary>
    public string this[int id] => _words[id];

    /// <summary>Chooses the most frequent words; among equals, the first in alphabetical order.</summary>
    /// <param name="tokens">The tokens of a text.</param>
    /// <param name="maxWords">How many words to take at most, besides <see cref="UnknownWord"/>.</param>
    public static Vocabulary Build(IEnumerable<string> tokens, int maxWords)
    {
        var frequent = tokens.CountBy(token => token, StringComparer.Ordinal)
            .OrderByDescending(pair => pair.Value)
            .ThenBy(pair => pair.Key, StringComparer.Ordinal)
            .Take(maxWords)
            .Select(pair => pair.Key);
        return new Vocabulary([UnknownWord, .. frequent]);
    }

    /// <summary>The number of a word; <see cref="UnknownId"/> if it has none of its own.</summary>
    public int GetId(string word) => _ids.GetValueOrDefault(word, UnknownId);
}
