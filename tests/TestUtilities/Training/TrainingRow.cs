namespace MlNetNtd.Tests;

/// <summary>A row of unknown size, with every column that the trainer may read.</summary>
public sealed class TrainingRow
{
    public float[] PreviousEmbeddings { get; set; } = [];

    public float[] CurrentEmbeddings { get; set; } = [];

    public bool Label { get; set; }

    /// <summary>A label per token.</summary>
    public bool[] TokenLabels { get; set; } = [];

    public int Number { get; set; }

    /// <summary>How much the row counts.</summary>
    public float Weight { get; set; } = 1f;
}
