using MlNetNtd.Examples.Quickstart;

namespace MlNetNtd.Examples.Tests;

/// <summary>A text short enough to count in one's head, and what is learned from it.</summary>
internal static class Samples
{
    /// <summary>14 tokens, 7 different ones.</summary>
    public const string Text = "The cat sat. The dog sat. The cat saw the dog.";

    public static Corpus ReadCorpus(string text = Text)
    {
        using var folder = new TemporaryFolder();
        return Corpus.Read(folder.Write("text.txt", text), leastTokens: 1);
    }

    public static (Corpus Corpus, Embeddings Embeddings, BigramGenerator Generator) Learn(string text = Text, int dimension = 4)
    {
        var corpus = ReadCorpus(text);
        var words = corpus.Vocabulary.Count;
        var embeddings = Embeddings.Learn(corpus.Ids, words, dimension);
        return (corpus, embeddings, BigramGenerator.Learn(corpus.Ids, words, embeddings));
    }

    /// <summary>The book that comes with the example.</summary>
    public static Corpus ReadBook() => Corpus.Read(Settings.DefaultInputPath, leastTokens: 1);
}
