namespace MlNetNtd.Benchmarks.Quality;

/// <summary>The models of one text: what draws the candidates, and what the contenders count.</summary>
internal sealed class TextModels
{
    /// <summary>The names of the generators, for flags.</summary>
    public static readonly string[] Generators = ["unigram", "bigram", "trigram", "positions"];

    private const int MaxOrder = 4;

    // The models that draw, from order 1.
    private readonly NGramModel[] _drawing;

    /// <param name="split">The text. Everything is counted on its first part.</param>
    /// <param name="dimension">C.</param>
    public TextModels(TextSplit split, int dimension)
    {
        Features = new NGramFeatures(split.Counts, split.VocabularySize, MaxOrder);
        Embeddings = CountEmbeddings.Learn(split.Counts, split.VocabularySize, dimension);
        _drawing = [.. Enumerable.Range(1, 3).Select(order => new NGramModel(split.Counts, split.VocabularySize, order))];
    }

    /// <summary>What n-grams of up to 4 tokens know of a token.</summary>
    public NGramFeatures Features { get; }

    /// <summary>The embeddings, (V, C).</summary>
    public EmbeddingTable Embeddings { get; }

    /// <summary>Gets the order of a generator's model. A token of another position of the window has the frequency of a unigram.</summary>
    public static int OrderOf(string generator) => generator switch { "bigram" => 2, "trigram" => 3, _ => 1 };

    /// <summary>Creates the source of a generator's candidates.</summary>
    public CandidateSource CreateSource(string generator)
    {
        if (generator == "positions")
            return CandidateSource.FromTokens(DrawPositions);
        var model = _drawing[OrderOf(generator) - 1];
        return CandidateSource.FromTokens((tokens, random) =>
        {
            var drawn = new int[tokens.Length];
            for (var t = 0; t < drawn.Length; t++)
                drawn[t] = model.Draw(tokens.Span[..t], random);
            return drawn;
        });
    }

    // A token of another position of the same window, for each position.
    private static int[] DrawPositions(ReadOnlyMemory<int> tokens, Random random)
    {
        var drawn = new int[tokens.Length];
        for (var t = 0; t < drawn.Length; t++)
        {
            var other = random.Next(drawn.Length - 1);
            drawn[t] = tokens.Span[other < t ? other : other + 1];
        }

        return drawn;
    }
}
