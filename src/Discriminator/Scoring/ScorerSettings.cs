namespace MlNetNtd;

/// <summary>Everything a fitted scorer is made of: what the model zip holds.</summary>
internal sealed record ScorerSettings
{
    /// <summary>The most rows a batch may be asked to hold.</summary>
    public const int MaxBatchSize = 1 << 20;

    public required DiscriminatorColumns Columns { get; init; }

    /// <summary>Rows scored at once.</summary>
    public required int BatchSize { get; init; }

    public required NetworkWeights Weights { get; init; }

    public DiscriminatorShape Shape => Weights.Shape;

    /// <summary>The rule on batches.</summary>
    public static (string Option, string Problem)? FindBatchProblem(int batchSize) =>
        batchSize is < 1 or > MaxBatchSize ? ("BatchSize", $"expected 1 to {MaxBatchSize} rows, found {batchSize}") : null;
}
