namespace MlNetNtd.Examples.Quickstart;

/// <summary>One row of the data: T tokens that stand together in the text.</summary>
internal sealed class WindowRow
{
    /// <summary>The tokens, for people.</summary>
    public required string Text { get; init; }

    /// <summary>The embeddings of the tokens as they stand in the text, (T, C), row-major.</summary>
    public required float[] PreviousEmbeddings { get; init; }

    /// <summary>The generator's prediction of each of them from the token before it, (T, C), row-major.</summary>
    public required float[] CurrentEmbeddings { get; init; }
}
