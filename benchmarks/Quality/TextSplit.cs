namespace MlNetNtd.Benchmarks.Quality;

/// <summary>
/// The documents of a text as token ids, in three parts: one to count n-grams, embeddings and the vocabulary, one to train on, one to test
/// on.
/// </summary>
internal sealed class TextSplit
{
    /// <summary>The id of all words that are not in the vocabulary.</summary>
    public const int Unknown = 0;

    private const double CountFraction = 0.4;
    private const double TrainingFraction = 0.4;

    /// <param name="corpus">The text.</param>
    /// <param name="vocabularySize">V, the most ids, the unknown word included.</param>
    public TextSplit(Corpus corpus, int vocabularySize)
    {
        Name = corpus.Name;
        var documents = corpus.Documents.ToArray();
        new Random(1).Shuffle(documents);
        var counted = TakeWords(documents, 0, CountFraction * corpus.Words);
        var trained = TakeWords(documents, counted, TrainingFraction * corpus.Words);

        // The most frequent words of the counted part; words of equal frequency are ordered by their letters.
        var words = documents[..counted].SelectMany(document => document)
            .GroupBy(word => word)
            .OrderByDescending(group => group.Count()).ThenBy(group => group.Key, StringComparer.Ordinal)
            .Take(vocabularySize - 1)
            .Select((group, index) => (group.Key, index))
            .ToDictionary(entry => entry.Key, entry => entry.index + 1);
        VocabularySize = words.Count + 1;
        var ids = documents.Select(document => document.Select(word => words.GetValueOrDefault(word, Unknown)).ToArray()).ToArray();
        (Counts, Training, Test) = (ids[..counted], ids[counted..trained], ids[trained..]);
    }

    /// <param name="name">The name of the text.</param>
    /// <param name="vocabularySize">V, the number of ids.</param>
    /// <param name="counts">The documents that models and embeddings are counted on.</param>
    /// <param name="training">The documents that training windows come from.</param>
    /// <param name="test">The documents that test windows come from.</param>
    public TextSplit(string name, int vocabularySize, int[][] counts, int[][] training, int[][] test) =>
        (Name, VocabularySize, Counts, Training, Test) = (name, vocabularySize, counts, training, test);

    /// <summary>The name of the text.</summary>
    public string Name { get; }

    /// <summary>V, the number of ids.</summary>
    public int VocabularySize { get; }

    /// <summary>The documents that models and embeddings are counted on.</summary>
    public int[][] Counts { get; }

    /// <summary>The documents that training windows come from.</summary>
    public int[][] Training { get; }

    /// <summary>The documents that test windows come from.</summary>
    public int[][] Test { get; }

    private static int TakeWords(string[][] documents, int first, double words)
    {
        var end = first;
        for (var taken = 0.0; end < documents.Length && taken < words; end++)
            taken += documents[end].Length;
        return end;
    }
}
