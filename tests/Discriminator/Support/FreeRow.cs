namespace MlNetNtd.Discriminator.Tests;

/// <summary>A row whose type says nothing of its size, with every column that the trainer may read.</summary>
public sealed class FreeRow
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

/// <summary>What the scorer writes.</summary>
public sealed class Scores
{
    public bool PredictedLabel { get; set; }

    public float Score { get; set; }

    public float Probability { get; set; }

    public float[] TokenScores { get; set; } = [];
}
