namespace MlNetNtd;

/// <summary>Validates the options of the transform when the estimator is created.</summary>
internal static class TransformOptionsValidator
{
    /// <summary>Finds the first invalid option: its name and a description; null if all are valid.</summary>
    public static (string Option, string Problem)? Validate(NextTokenDiscriminatorEstimator.Options options) =>
        TransformSettings.FindNameProblem(
            options.OutputColumnName, options.MaskColumnName, options.TokenCountColumnName,
            options.PreviousColumnName, options.CurrentColumnName)
        ?? TransformSettings.FindLimitProblem(
            options.MaxTokens ?? 1, options.CandidatesPerToken ?? 1,
            options.MaskKind, options.Engine, options.BatchSize)
        ?? (options.EmbeddingDimension is { } dimension ? TransformSettings.FindDimensionProblem(dimension) : null)
        ?? (options.InitialEmbedding is { } embedding ? TransformSettings.FindEmbeddingProblem(embedding) : null)
        ?? FindContradiction(options);

    private static (string Option, string Problem)? FindContradiction(NextTokenDiscriminatorEstimator.Options options)
    {
        if (options.EmbeddingDimension is { } dimension && options.InitialEmbedding is { } embedding && embedding.Length != dimension)
        {
            return (nameof(options.InitialEmbedding),
                $"expected {dimension} values (EmbeddingDimension), found {embedding.Length}");
        }

        if (options.MaxTokens is not null)
            return null;
        if (options.PadToMaxTokens)
            return (nameof(options.MaxTokens), "set it: PadToMaxTokens needs to know how long to make each half");
        return options.TruncateToMaxTokens
            ? (nameof(options.MaxTokens), "set it: TruncateToMaxTokens needs to know how many tokens to keep")
            : null;
    }
}
