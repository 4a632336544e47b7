using System.Collections.Immutable;

namespace MlNetNtd;

/// <summary>Everything a fitted stage is made of: what the model zip holds.</summary>
internal sealed record TransformSettings
{
    /// <summary>The largest embedding dimension accepted. Far beyond use; bounds what a model file may claim.</summary>
    public const int MaxEmbeddingDimension = 1 << 24;

    /// <summary>The most rows per block may be asked to hold.</summary>
    public const int MaxBatchSize = 1 << 20;

    public required string CombinedColumn { get; init; }

    /// <summary>Null: no mask column.</summary>
    public required string? MaskColumn { get; init; }

    /// <summary>Null: no token-count column.</summary>
    public required string? TokenCountColumn { get; init; }

    public required string PreviousColumn { get; init; }

    public required string CurrentColumn { get; init; }

    /// <summary>The longest sequence accepted, T; the padded length of each half where padding is on.</summary>
    public required int MaxTokens { get; init; }

    public required MaskKind MaskKind { get; init; }

    public required bool PadToMaxTokens { get; init; }

    /// <summary>Whether longer sequences are cut to MaxTokens tokens, and not refused.</summary>
    public bool TruncateToMaxTokens { get; init; }

    public required EngineKind Engine { get; init; }

    /// <summary>Rows per block of the Torch engine; null: by the row's size.</summary>
    public required int? BatchSize { get; init; }

    public required ImmutableArray<float> InitialEmbedding { get; init; }

    /// <summary>C.</summary>
    public int EmbeddingDimension => InitialEmbedding.Length;

    /// <summary>What is wrong with these settings: the option and a sentence; null when nothing is.</summary>
    /// <remarks>The estimator says it of options, the loader of a model file.</remarks>
    public (string Option, string Problem)? FindProblem() =>
        FindNameProblem(CombinedColumn, MaskColumn, TokenCountColumn, PreviousColumn, CurrentColumn)
        ?? FindLimitProblem(MaxTokens, MaskKind, Engine, BatchSize)
        ?? FindEmbeddingProblem(InitialEmbedding.AsSpan());

    /// <summary>The rules on column names.</summary>
    public static (string Option, string Problem)? FindNameProblem(
        string? combined, string? mask, string? tokenCount, string? previous, string? current)
    {
        if (string.IsNullOrWhiteSpace(combined))
            return ("OutputColumnName", "a column name is needed, found none");
        if (string.IsNullOrWhiteSpace(previous))
            return ("PreviousColumnName", "a column name is needed, found none");
        if (string.IsNullOrWhiteSpace(current))
            return ("CurrentColumnName", "a column name is needed, found none");
        if (mask is not null && string.IsNullOrWhiteSpace(mask))
            return ("MaskColumnName", "a column name, or an empty one (no mask column), is needed, found a blank name");
        if (tokenCount is not null && string.IsNullOrWhiteSpace(tokenCount))
            return ("TokenCountColumnName", "a column name, or an empty one (no such column), is needed, found a blank name");
        if (mask == combined)
            return ("MaskColumnName", $"the output columns need different names, found '{mask}' twice");
        if (tokenCount is not null && (tokenCount == combined || tokenCount == mask))
            return ("TokenCountColumnName", $"the output columns need different names, found '{tokenCount}' twice");
        return null;
    }

    /// <summary>The rules on sizes and choices.</summary>
    public static (string Option, string Problem)? FindLimitProblem(
        int maxTokens, MaskKind maskKind, EngineKind engine, int? batchSize)
    {
        if (maxTokens < 1 || maxTokens > NextTokenMask.MaxTokens)
            return ("MaxTokens", $"expected 1 to {NextTokenMask.MaxTokens} tokens, found {maxTokens}");
        if (!Enum.IsDefined(maskKind))
            return ("MaskKind", $"expected one of {string.Join(", ", Enum.GetNames<MaskKind>())}, found {(int)maskKind}");
        if (!Enum.IsDefined(engine))
            return ("Engine", $"expected one of {string.Join(", ", Enum.GetNames<EngineKind>())}, found {(int)engine}");
        if (batchSize is < 1 or > MaxBatchSize)
            return ("BatchSize", $"expected 1 to {MaxBatchSize} rows, or 0 (by the row's size), found {batchSize}");
        return null;
    }

    /// <summary>The rules on the embedding dimension.</summary>
    public static (string Option, string Problem)? FindDimensionProblem(int dimension) =>
        dimension is < 1 or > MaxEmbeddingDimension
            ? ("EmbeddingDimension", $"expected 1 to {MaxEmbeddingDimension} dimensions, found {dimension}")
            : null;

    /// <summary>The rules on the initial embedding.</summary>
    public static (string Option, string Problem)? FindEmbeddingProblem(ReadOnlySpan<float> embedding)
    {
        if (FindDimensionProblem(embedding.Length) is { } problem)
            return problem;
        for (var i = 0; i < embedding.Length; i++)
        {
            if (!float.IsFinite(embedding[i]))
                return ("InitialEmbedding", FormattableString.Invariant($"every value must be finite, found {embedding[i]} at position {i}"));
        }

        return null;
    }
}
