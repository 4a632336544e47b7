namespace MlNetNtd;

/// <summary>The columns that say what to judge, by name, and how a Boolean mask is to be read.</summary>
internal sealed record InputColumnNames
{
    public required string Feature { get; init; }

    /// <summary>Null: the annotations of the feature column tell, and without any it is the next-token rule.</summary>
    public required string? Mask { get; init; }

    /// <summary>Null: the mask, or what the columns say of it, tells tokens from padding.</summary>
    public required string? TokenCount { get; init; }

    /// <summary>How a Boolean mask is read whose column does not say it.</summary>
    public required MaskKind MaskKind { get; init; }

    /// <summary>What is wrong with these settings: the option and a sentence; null when nothing is.</summary>
    public (string Option, string Problem)? FindProblem()
    {
        if (string.IsNullOrWhiteSpace(Feature))
            return ("FeatureColumnName", "a column name is needed, found none");
        if (Mask is not null && string.IsNullOrWhiteSpace(Mask))
            return ("MaskColumnName", "a column name, or an empty one (what the feature column says, or the next-token rule), is needed, found a blank name");
        if (TokenCount is not null && string.IsNullOrWhiteSpace(TokenCount))
            return ("TokenCountColumnName", "a column name, or an empty one (no such column), is needed, found a blank name");
        if (!Enum.IsDefined(MaskKind))
            return ("MaskKind", $"expected one of {string.Join(", ", Enum.GetNames<MaskKind>())}, found {(int)MaskKind}");
        return null;
    }
}
