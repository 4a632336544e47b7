using MlNetNtd.Benchmarks.Quality;

namespace MlNetNtd.Studies.TextGan;

/// <summary>The texts of the study.</summary>
internal static class StudyText
{
    // As much of a long text as makes a run of the same length as the book's.
    private const int MaxTokens = 40_000;

    /// <summary>The names of the texts, for flags: the book of examples/Quickstart, and the King James Version.</summary>
    public static readonly string[] Names = ["alice", "kjv"];

    /// <summary>Reads a text; null if it is not installed.</summary>
    /// <param name="name">The name.</param>
    /// <param name="hyperparameters">The sizes of windows and vocabulary.</param>
    public static TextDataset? TryRead(string name, Hyperparameters hyperparameters)
    {
        if (name == Names[0])
            return TextDataset.Read(TextDataset.DefaultPath, hyperparameters.Tokens, hyperparameters.Words);
        var corpus = DebianText.All.Single(text => text.Name == name).TryLoad();
        return corpus is null
            ? null
            : TextDataset.Create(name, [.. corpus.Documents.SelectMany(document => document).Take(MaxTokens)], hyperparameters.Tokens, hyperparameters.Words);
    }
}
