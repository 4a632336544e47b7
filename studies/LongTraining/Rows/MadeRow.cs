using Microsoft.ML.Data;

namespace MlNetNtd.Examples.LongTraining;

/// <summary>A sequence, and what is said to follow each of its tokens.</summary>
internal sealed class MadeRow
{
    public bool Label { get; init; }

    [VectorType(MadeRows.Tokens, MadeRows.Dimension)]
    public float[] PreviousEmbeddings { get; init; } = [];

    [VectorType(MadeRows.Tokens, MadeRows.Dimension)]
    public float[] CurrentEmbeddings { get; init; } = [];
}
