using System.Security.Cryptography;
using System.Text;

namespace MlNetNtd.Examples.TextGan;

/// <summary>
/// The text in windows of T tokens. The end of it is held out: neither words nor embeddings are learned from there.
/// </summary>
internal sealed class Story
{
    /// <summary>The least windows that can be split and learned from.</summary>
    public const int LeastWindows = 20;

    private const int HeldOutShare = 10;

    private readonly int[] _ids;

    private Story(Vocabulary vocabulary, int[] ids, int tokens, int trainingWindows, string hash)
    {
        Vocabulary = vocabulary;
        _ids = ids;
        Tokens = tokens;
        TrainingWindows = trainingWindows;
        Hash = hash;
    }

    public Vocabulary Vocabulary { get; }

    /// <summary>T.</summary>
    public int Tokens { get; }

    public int Windows => _ids.Length / Tokens;

    /// <summary>The first so many windows are there to learn from.</summary>
    public int TrainingWindows { get; }

    public IEnumerable<int> Training => Enumerable.Range(0, TrainingWindows);

    public IEnumerable<int> HeldOut => Enumerable.Range(TrainingWindows, Windows - TrainingWindows);

    /// <summary>The tokens to learn from, one number each.</summary>
    public ArraySegment<int> TrainingIds => new(_ids, 0, TrainingWindows * Tokens);

    /// <summary>Tells one text from another: a checkpoint belongs to its text.</summary>
    public string Hash { get; }

    /// <summary>The tokens of a window.</summary>
    public ReadOnlySpan<int> this[int window] => _ids.AsSpan(window * Tokens, Tokens);

    /// <summary>Reads, cuts and numbers a text.</summary>
    /// <param name="path">The file.</param>
    /// <param name="tokens">T.</param>
    /// <param name="words">The most words to number.</param>
    /// <exception cref="UserErrorException">The file cannot be used, or its text is too short.</exception>
    public static Story Read(string path, int tokens, int words)
    {
        var text = TextFile.Read(path);
        string[] all = [.. Tokenizer.Tokenize(text)];
        var windows = all.Length / tokens;
        if (windows < LeastWindows)
        {
            throw new UserErrorException(
                $"The input '{path}' is too short: it has {all.Length} tokens, and {LeastWindows * tokens} are the least to learn from.");
        }

        var training = windows - Math.Max(1, windows / HeldOutShare);
        var vocabulary = Vocabulary.Of(all.Take(training * tokens), words);
        int[] ids = [.. all.Take(windows * tokens).Select(vocabulary.IdOf)];
        return new Story(vocabulary, ids, tokens, training, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text))));
    }
}
