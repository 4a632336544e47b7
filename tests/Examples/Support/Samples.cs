using MlNetNtd.Studies.TextGan;

namespace MlNetNtd.Examples.Tests;

/// <summary>A text short enough to count by hand, and the book that comes with the examples.</summary>
internal static class Samples
{
    /// <summary>14 tokens, 7 different ones.</summary>
    public const string Text = "The cat sat. The dog sat. The cat saw the dog.";

    private const int MaxWords = 1000;

    /// <summary>The words of the book that comes with the examples.</summary>
    public static (Vocabulary Vocabulary, int[] Ids) ReadBook() => Number(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "data", "alice.txt")));

    private static (Vocabulary Vocabulary, int[] Ids) Number(string text)
    {
        string[] tokens = [.. Tokenizer.Tokenize(text)];
        var vocabulary = Vocabulary.Build(tokens, MaxWords);
        return (vocabulary, [.. tokens.Select(vocabulary.GetId)]);
    }
}
