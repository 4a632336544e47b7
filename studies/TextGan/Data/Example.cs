namespace MlNetNtd.Examples.TextGan;

/// <summary>Something for a discriminator to judge.</summary>
/// <param name="Window">The window's first token in the text; -1 where it is not of the text.</param>
/// <param name="Words">T words that stand before the candidates.</param>
/// <param name="Candidates">T words to be judged, each by those of <paramref name="Words"/> before it.</param>
/// <param name="Label">Whether they are the text's own.</param>
internal sealed record Example(int Window, int[] Words, int[] Candidates, bool Label)
{
    /// <summary>A window of the text as it is.</summary>
    public static Example True(Story story, int window) => new(window, story[window].ToArray(), story[window].ToArray(), true);

    /// <summary>Other candidates for a window of the text.</summary>
    public static Example False(Story story, int window, int[] candidates) => new(window, story[window].ToArray(), candidates, false);

    /// <summary>A text of T words that is not the text's.</summary>
    public static Example Foreign(int[] words) => new(-1, words, words, false);
}
