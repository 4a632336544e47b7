namespace MlNetNtd;

/// <summary>The names of the input columns that training and scoring share, and how a Boolean mask is read.</summary>
internal sealed record InputColumnNames
{
    /// <summary>Gets the name of the column of combined sequences.</summary>
    public required string Feature { get; init; }

    /// <summary>Gets the name of the mask column; null: the annotations of the feature column apply, and without any the next-token rule.</summary>
    public required string? Mask { get; init; }

    /// <summary>Gets the name of the column of token counts; null: the mask or the annotations separate tokens from padding.</summary>
    public required string? TokenCount { get; init; }

    /// <summary>Gets how a Boolean mask is read if its column has no annotation of its kind.</summary>
    public required MaskKind MaskKind { get; init; }

    /// <summary>Gets K, the number of candidates of each token, where the feature column has no annotation that says it.</summary>
    public int CandidatesPerToken { get; init; } = 1;

    /// <summary>Finds the first invalid setting: its option and a description of the problem; null if all are valid.</summary>
    public (string Option, string Problem)? FindProblem()
    {
        if (string.IsNullOrWhiteSpace(Feature))
            return ("FeatureColumnName", "a column name is needed, found none");
        if (Mask is not null && string.IsNullOrWhiteSpace(Mask))
            return ("MaskColumnName", "a column name, or an empty one (what the feature column says, or the next-token rule), is needed, found a blank name");
        if (TokenCount is not null && string.IsNullOrWhiteSpace(TokenCount))
            return ("TokenCountColumnName", "a column name, or an empty one (no such column), is needed, found a blank name");
        if (CandidateCount.FindProblem(CandidatesPerToken) is { } problem)
            return problem;
        if (!Enum.IsDefined(MaskKind))
            return ("MaskKind", $"expected one of {string.Join(", ", Enum.GetNames<MaskKind>())}, found {(int)MaskKind}");
        return null;
    }
}
