using MlNetNtd.Benchmarks.Quality;

namespace MlNetNtd.Studies.TextGan;

/// <summary>The text to learn from, in two halves: the judge counts n-grams on the first, and its trees learn from windows of the second.</summary>
internal sealed class JudgeText
{
    // The judge needs none, but its models come with embeddings.
    private const int EmbeddingDimension = 1;

    public JudgeText(TextDataset dataset)
    {
        int[][] windows = [.. dataset.Training.Select(window => dataset[window].ToArray())];
        var half = windows.Length / 2;
        Windows = windows[half..];
        int[] counted = [.. windows[..half].SelectMany(window => window)];
        Models = new TextModels(new TextSplit("judge", dataset.Vocabulary.Count, [counted], windows[half..], []), EmbeddingDimension);
    }

    /// <summary>Gets the n-gram models.</summary>
    public TextModels Models { get; }

    /// <summary>Gets the real windows that the trees learn from.</summary>
    public IReadOnlyList<int[]> Windows { get; }
}
