using System.Security.Cryptography;
using System.Text;

namespace MlNetNtd.Examples.TextGan;

/// <summary>
/// The text in windows of T tokens, each named by its first token. The end of the text is held out: neither words nor
/// embeddings are learned from there.
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

    /// <summary>As many windows stand side by side in the part to learn from, at the beginning.</summary>
    public int TrainingWindows { get; }

    public int HeldOutWindows => Windows - TrainingWindows;

    /// <summary>The windows to learn from, side by side from the first token on.</summary>
    public IEnumerable<int> Training => Side(0, TrainingWindows);

    /// <summary>The windows that nothing is learned from, side by side.</summary>
    public IEnumerable<int> HeldOut => Side(TrainingWindows * Tokens, HeldOutWindows);

    /// <summary>The windows of a <see cref="Pass"/>.</summary>
    public int PassWindows => TrainingWindows - 1;

    /// <summary>The tokens to learn from, one number each.</summary>
    public ArraySegment<int> TrainingIds => new(_ids, 0, TrainingWindows * Tokens);

    /// <summary>Tells one text from another: a checkpoint belongs to its text.</summary>
    public string Hash { get; }

    /// <summary>The tokens of the window that begins there.</summary>
    public ReadOnlySpan<int> this[int first] => _ids.AsSpan(first, Tokens);

    /// <summary>
    /// The windows to learn from, side by side from one of the first T tokens on: in another pass each word has another place
    /// in its window, and other words before it.
    /// </summary>
    /// <param name="seed">Decides which.</param>
    public IEnumerable<int> Pass(int seed) => Side(new Random(seed).Next(Tokens), PassWindows);

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
                $"The input '{path}' is too short to learn from: it has {all.Length} words and signs, and {LeastWindows * tokens} are needed.");
        }

        var training = windows - Math.Max(1, windows / HeldOutShare);
        var vocabulary = Vocabulary.Of(all.Take(training * tokens), words);
        int[] ids = [.. all.Take(windows * tokens).Select(vocabulary.IdOf)];
        return new Story(vocabulary, ids, tokens, training, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text))));
    }

    private IEnumerable<int> Side(int first, int count) => Enumerable.Range(0, count).Select(i => first + i * Tokens);
}
