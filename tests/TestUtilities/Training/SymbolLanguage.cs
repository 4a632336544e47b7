namespace MlNetNtd.Tests;

/// <summary>
/// A language of eight symbols, each with a fixed embedding, in which a few symbols may follow each other.
/// </summary>
/// <param name="followers">How many different symbols may follow one: 1 makes the next symbol certain.</param>
/// <param name="seed">Decides embeddings and texts.</param>
internal sealed class SymbolLanguage(int followers, int seed)
{
    public const int Symbols = 8;

    private readonly Random _random = new(seed);

    /// <summary>A text of T symbols in which each follows from the one before.</summary>
    public int[] Text()
    {
        var text = new int[TokenRow.Tokens];
        text[0] = _random.Next(Symbols);
        for (var t = 1; t < text.Length; t++)
            text[t] = Follower(text[t - 1]);
        return text;
    }

    /// <summary>A draw from what may follow a symbol.</summary>
    public int Follower(int symbol) => (symbol + 1 + _random.Next(followers)) % Symbols;

    /// <summary>A draw from what may not follow a symbol.</summary>
    public int Stranger(int symbol) => (symbol + 1 + _random.Next(followers, Symbols)) % Symbols;

    /// <summary>A draw from all symbols: what is known of a text's first one.</summary>
    public int Any() => _random.Next(Symbols);

    /// <summary>The embeddings of a text, (T, C).</summary>
    public static float[] Embed(int[] text)
    {
        var values = new float[text.Length * TokenRow.Dimension];
        for (var t = 0; t < text.Length; t++)
            values[t * TokenRow.Dimension + text[t]] = 2f;
        return values;
    }
}
