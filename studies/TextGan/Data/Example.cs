namespace MlNetNtd.Studies.TextGan;

/// <summary>A sequence for a discriminator.</summary>
/// <param name="Window">The window's first token in the text; -1 where it is not of the text.</param>
/// <param name="Words">The T real words.</param>
/// <param name="Candidates">T words to score, each in the context of those of <paramref name="Words"/> before it.</param>
/// <param name="Label">Whether the candidates are the text's own.</param>
internal sealed record Example(int Window, int[] Words, int[] Candidates, bool Label)
{
    /// <summary>Creates an example of a window of the text.</summary>
    public static Example Real(TextDataset dataset, int window) => new(window, dataset[window].ToArray(), dataset[window].ToArray(), true);

    /// <summary>Creates an example with other candidates for a window of the text.</summary>
    public static Example Generated(TextDataset dataset, int window, int[] candidates) => new(window, dataset[window].ToArray(), candidates, false);

    /// <summary>Creates an example of T words that are not of the text.</summary>
    public static Example Standalone(int[] words) => new(-1, words, words, false);
}
