namespace MlNetNtd;

/// <summary>The settings and weights of a fitted scorer, as the model zip holds them.</summary>
internal sealed record ScorerSettings
{
    /// <summary>The maximum number of rows in a batch.</summary>
    public const int MaxBatchSize = 1 << 20;

    /// <summary>Gets the names of the input columns.</summary>
    public required InputColumnNames Columns { get; init; }

    /// <summary>Gets the number of rows in a batch.</summary>
    public required int BatchSize { get; init; }

    /// <summary>Gets what to do with rows that cannot be scored.</summary>
    public BadRowPolicy BadRowPolicy { get; init; }

    /// <summary>Gets whether the token columns are padded to a known size if the size of the feature column is known.</summary>
    public bool PadTokenScores { get; init; } = true;

    /// <summary>Gets whether the column TokenProbabilities is written.</summary>
    public bool TokenProbabilities { get; init; }

    /// <summary>Gets what computes the scores. The model zip does not hold it.</summary>
    public EngineKind Engine { get; init; }

    /// <summary>Gets whether rows that are too long are truncated.</summary>
    public bool Truncates => BadRowPolicy is BadRowPolicy.Truncate or BadRowPolicy.TruncateOrSkip;

    /// <summary>Gets the weights.</summary>
    public required StateDictionary Weights { get; init; }

    /// <summary>Gets the sizes of the network.</summary>
    public DiscriminatorConfig Config => Weights.Config;

    /// <summary>Finds the problem of a policy; null if it is valid.</summary>
    public static (string Option, string Problem)? FindPolicyProblem(BadRowPolicy policy) =>
        Enum.IsDefined(policy) ? null : ("BadRowPolicy", $"expected one of {string.Join(", ", Enum.GetNames<BadRowPolicy>())}, found {(int)policy}");

    /// <summary>Finds the problem of an engine; null if it is valid.</summary>
    public static (string Option, string Problem)? FindEngineProblem(EngineKind engine, ComputePrecision precision)
    {
        if (!Enum.IsDefined(engine))
            return ("Engine", $"expected one of {string.Join(", ", Enum.GetNames<EngineKind>())}, found {(int)engine}");
        return engine == EngineKind.Managed && precision != ComputePrecision.Single
            ? ("Engine", $"Managed computes in single precision, expected Precision = {ComputePrecision.Single}, found {precision}")
            : null;
    }

    /// <summary>Finds the problem of a batch size; null if it is valid.</summary>
    public static (string Option, string Problem)? FindBatchProblem(int batchSize) =>
        batchSize is < 1 or > MaxBatchSize ? ("BatchSize", $"expected 1 to {MaxBatchSize} rows, found {batchSize}") : null;
}
