namespace MlNetNtd;

/// <summary>Everything a fitted scorer is made of: what the model zip holds.</summary>
internal sealed record ScorerSettings
{
    /// <summary>The most rows a batch may be asked to hold.</summary>
    public const int MaxBatchSize = 1 << 20;

    public required InputColumnNames Columns { get; init; }

    /// <summary>Rows scored at once.</summary>
    public required int BatchSize { get; init; }

    /// <summary>What is done with rows that cannot be scored.</summary>
    public BadRowPolicy BadRowPolicy { get; init; }

    /// <summary>Whether the token columns have a known size, padding behind a row's tokens, where the feature column's is known.</summary>
    public bool PadTokenScores { get; init; } = true;

    /// <summary>Whether the column TokenProbabilities is written.</summary>
    public bool TokenProbabilities { get; init; }

    /// <summary>Whether rows that are too long are cut.</summary>
    public bool Truncates => BadRowPolicy is BadRowPolicy.Truncate or BadRowPolicy.TruncateOrSkip;

    public required StateDictionary Weights { get; init; }

    public DiscriminatorConfig Config => Weights.Config;

    /// <summary>The rule on the policy.</summary>
    public static (string Option, string Problem)? FindPolicyProblem(BadRowPolicy policy) =>
        Enum.IsDefined(policy) ? null : ("BadRowPolicy", $"expected one of {string.Join(", ", Enum.GetNames<BadRowPolicy>())}, found {(int)policy}");

    /// <summary>The rule on batches.</summary>
    public static (string Option, string Problem)? FindBatchProblem(int batchSize) =>
        batchSize is < 1 or > MaxBatchSize ? ("BatchSize", $"expected 1 to {MaxBatchSize} rows, found {batchSize}") : null;
}
