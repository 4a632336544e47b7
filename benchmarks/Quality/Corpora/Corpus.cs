namespace MlNetNtd.Benchmarks.Quality;

/// <summary>A text as documents of words, in their order.</summary>
/// <param name="Name">The name in tables and flags.</param>
/// <param name="Documents">The words of each document.</param>
internal sealed record Corpus(string Name, IReadOnlyList<string[]> Documents)
{
    /// <summary>The number of words in all documents.</summary>
    public int Words => Documents.Sum(document => document.Length);
}
