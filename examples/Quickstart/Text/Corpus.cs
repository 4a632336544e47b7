namespace MlNetNtd.Examples.Quickstart;

/// <summary>A text as the numbers of its words.</summary>
internal sealed class Corpus
{
    /// <summary>Enough for the words that a book uses more than a few times.</summary>
    private const int MaxWords = 1000;

    private Corpus(Vocabulary vocabulary, int[] ids, int differentTokens)
    {
        Vocabulary = vocabulary;
        Ids = ids;
        DifferentTokens = differentTokens;
    }

    public Vocabulary Vocabulary { get; }

    /// <summary>One number a token, in the order of the text.</summary>
    public IReadOnlyList<int> Ids { get; }

    /// <summary>How many words, numbers and signs the text uses, rare ones included.</summary>
    public int DifferentTokens { get; }

    /// <summary>The share of the text's tokens that have no number of their own, 0 to 1.</summary>
    public double UnknownShare => Ids.Count(id => id == Vocabulary.UnknownId) / (double)Ids.Count;

    /// <summary>Reads, cuts and numbers a text.</summary>
    /// <param name="path">The file.</param>
    /// <param name="leastTokens">How many tokens the text must have: those of one row.</param>
    /// <exception cref="UserErrorException">The file cannot be used, or its text is too short.</exception>
    public static Corpus Read(string path, int leastTokens)
    {
        var tokens = Tokenizer.Tokenize(TextFile.Read(path)).ToArray();
        if (tokens.Length < leastTokens)
        {
            throw new UserErrorException(
                $"The input '{path}' is too short: it has {Counted.Of(tokens.Length, "token")}, and one row takes {leastTokens} (--tokens).");
        }

        var vocabulary = Vocabulary.Of(tokens, MaxWords);
        return new Corpus(vocabulary, [.. tokens.Select(vocabulary.IdOf)], tokens.Distinct(StringComparer.Ordinal).Count());
    }

    /// <summary>Some tokens of the text as words.</summary>
    public IEnumerable<string> Words(int start, int count) => Ids.Skip(start).Take(count).Select(id => Vocabulary[id]);
}
