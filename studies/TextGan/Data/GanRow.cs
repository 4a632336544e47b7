namespace MlNetNtd.Examples.TextGan;

/// <summary>One row of the data: a window of the text, and a candidate for each of its tokens.</summary>
internal sealed class GanRow
{
    /// <summary>The window's first token, so that a training loop can look up its words.</summary>
    public required int Window { get; init; }

    /// <summary>Whether the candidates are the text's own tokens.</summary>
    public required bool Label { get; init; }

    /// <summary>The same for each candidate, T values: the trainer learns from every token by itself.</summary>
    public required bool[] TokenLabels { get; init; }

    /// <summary>The embeddings of the tokens as they stand in the text, (T, C), row-major.</summary>
    public required float[] PreviousEmbeddings { get; init; }

    /// <summary>The embeddings of the candidates, (T, C), row-major.</summary>
    public required float[] CurrentEmbeddings { get; init; }
}
