using System.Security.Cryptography;
using System.Text;

namespace MlNetNtd.Studies.TextGan;

/// <summary>
/// The text in windows of T tokens, each named by its first token. The end of the text is held out: neither words nor
/// embeddings are learned from there.
/// </summary>
internal sealed class TextDataset
{
    /// <summary>The fewest windows that can be split and learned from.</summary>
    public const int MinWindows = 20;

    // One window of this many is held out.
    private const int HeldOutPart = 10;

    /// <summary>The book of examples/Quickstart.</summary>
    public static string DefaultPath => Path.Combine(AppContext.BaseDirectory, "data", "alice.txt");

    private readonly int[] _ids;

    private TextDataset(Vocabulary vocabulary, int[] ids, int tokens, int trainingWindows, string hash)
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
    public IEnumerable<int> Training => GetWindows(0, TrainingWindows);

    /// <summary>The windows that nothing is learned from, side by side.</summary>
    public IEnumerable<int> HeldOut => GetWindows(TrainingWindows * Tokens, HeldOutWindows);

    /// <summary>The windows of a <see cref="GetPass"/>.</summary>
    public int PassWindows => TrainingWindows - 1;

    /// <summary>The tokens to learn from, one number each.</summary>
    public ArraySegment<int> TrainingIds => new(_ids, 0, TrainingWindows * Tokens);

    /// <summary>Gets the SHA-256 of the text's tokens, which its checkpoints are tied to.</summary>
    public string Hash { get; }

    /// <summary>Gets the tokens of the window that begins at this token.</summary>
    public ReadOnlySpan<int> this[int first] => _ids.AsSpan(first, Tokens);

    /// <summary>
    /// The windows to learn from, side by side from one of the first T tokens on: in another pass each word has another place
    /// in its window, and other words before it.
    /// </summary>
    /// <param name="seed">Decides which.</param>
    public IEnumerable<int> GetPass(int seed) => GetWindows(new Random(seed).Next(Tokens), PassWindows);

    /// <summary>Reads a text, splits it into tokens and numbers them.</summary>
    /// <param name="path">The file.</param>
    /// <param name="tokens">T.</param>
    /// <param name="words">The most words to number.</param>
    /// <exception cref="InvalidDataException">The text is too short.</exception>
    public static TextDataset Read(string path, int tokens, int words)
    {
        var text = File.ReadAllText(path, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true));
        return Create(path, [.. Tokenizer.Tokenize(text)], tokens, words);
    }

    /// <summary>Numbers the tokens of a text.</summary>
    /// <param name="name">The name of the text, for errors.</param>
    /// <param name="all">Its tokens.</param>
    /// <param name="tokens">T.</param>
    /// <param name="words">The most words to number.</param>
    /// <exception cref="InvalidDataException">The text is too short.</exception>
    public static TextDataset Create(string name, string[] all, int tokens, int words)
    {
        var windows = all.Length / tokens;
        if (windows < MinWindows)
        {
            throw new InvalidDataException(
                $"The input '{name}' is too short to learn from: expected at least {MinWindows * tokens} words and signs, found {all.Length}.");
        }

        var training = windows - Math.Max(1, windows / HeldOutPart);
        var vocabulary = Vocabulary.Build(all.Take(training * tokens), words);
        int[] ids = [.. all.Take(windows * tokens).Select(vocabulary.GetId)];
        return new TextDataset(vocabulary, ids, tokens, training, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join(' ', all)))));
    }

    private IEnumerable<int> GetWindows(int first, int count) => Enumerable.Range(0, count).Select(i => first + i * Tokens);
}
