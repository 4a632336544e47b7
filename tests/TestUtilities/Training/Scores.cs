namespace MlNetNtd.Tests;

/// <summary>The columns that the scorer writes.</summary>
public sealed class Scores
{
    public bool PredictedLabel { get; set; }

    public float Score { get; set; }

    public float Probability { get; set; }

    public float[] TokenScores { get; set; } = [];
}
