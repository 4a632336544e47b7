using System.Collections.Immutable;

namespace MlNetNtd;

/// <summary>The settings of a fitted transform, as the model zip stores them.</summary>
internal sealed record TransformSettings
{
    /// <summary>The largest accepted embedding dimension. It is far above any in use, and bounds what a model file may claim.</summary>
    public const int MaxEmbeddingDimension = TransformEntry.MaxDimension;

    /// <summary>The largest accepted number of rows per block.</summary>
    public const int MaxBatchSize = 1 << 20;

    public required string CombinedColumn { get; init; }

    /// <summary>The mask column; null for none.</summary>
    public required string? MaskColumn { get; init; }

    /// <summary>The token count column; null for none.</summary>
    public required string? TokenCountColumn { get; init; }

    public required string PreviousColumn { get; init; }

    public required string CurrentColumn { get; init; }

    /// <summary>The length of the longest accepted sequence, in tokens; with padding, the length of each half.</summary>
    public required int MaxTokens { get; init; }

    /// <summary>K, the number of candidates of each token.</summary>
    public int CandidatesPerToken { get; init; } = 1;

    public required MaskKind MaskKind { get; init; }

    public required bool PadToMaxTokens { get; init; }

    /// <summary>Whether longer sequences are truncated to MaxTokens tokens; otherwise they are an error.</summary>
    public bool TruncateToMaxTokens { get; init; }

    public required EngineKind Engine { get; init; }

    /// <summary>Rows per block of the Torch engine; null if the row's size determines them.</summary>
    public required int? BatchSize { get; init; }

    public required ImmutableArray<float> InitialEmbedding { get; init; }

    /// <summary>C, the dimension of one embedding.</summary>
    public int EmbeddingDimension => InitialEmbedding.Length;

    /// <summary>Finds the first invalid setting: the option's name and a description; null if all are valid.</summary>
    /// <remarks>The estimator reports the problem as an invalid option, the loader as a damaged model file.</remarks>
    public (string Option, string Problem)? FindProblem() =>
        FindNameProblem(CombinedColumn, MaskColumn, TokenCountColumn, PreviousColumn, CurrentColumn)
        ?? FindLimitProblem(MaxTokens, CandidatesPerToken, MaskKind, Engine, BatchSize)
        ?? FindEmbeddingProblem(InitialEmbedding.AsSpan());

    /// <summary>Checks the column names.</summary>
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

    /// <summary>Checks the sizes and enumeration values.</summary>
    public static (string Option, string Problem)? FindLimitProblem(
        int maxTokens, int candidatesPerToken, MaskKind maskKind, EngineKind engine, int? batchSize)
    {
        if (CandidateCount.FindProblem(candidatesPerToken) is { } problem)
            return problem;
        var mostTokens = NextTokenMask.GetMaxTokens(candidatesPerToken);
        if (maxTokens < 1 || maxTokens > mostTokens)
        {
            var candidates = candidatesPerToken == 1 ? "" : $" of {candidatesPerToken} candidates each (CandidatesPerToken)";
            return ("MaxTokens", $"expected 1 to {mostTokens} tokens{candidates}, found {maxTokens}");
        }

        if (!Enum.IsDefined(maskKind))
            return ("MaskKind", $"expected one of {string.Join(", ", Enum.GetNames<MaskKind>())}, found {(int)maskKind}");
        if (!Enum.IsDefined(engine))
            return ("Engine", $"expected one of {string.Join(", ", Enum.GetNames<EngineKind>())}, found {(int)engine}");
        if (batchSize is < 1 or > MaxBatchSize)
            return ("BatchSize", $"expected 1 to {MaxBatchSize} rows, or 0 (by the row's size), found {batchSize}");
        return null;
    }

    /// <summary>Checks the embedding dimension.</summary>
    public static (string Option, string Problem)? FindDimensionProblem(int dimension) =>
        dimension is < 1 or > MaxEmbeddingDimension
            ? ("EmbeddingDimension", $"expected 1 to {MaxEmbeddingDimension} dimensions, found {dimension}")
            : null;

    /// <summary>Checks the initial embedding.</summary>
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
