namespace MlNetNtd;

/// <summary>How <c>mlContext.Data.CreateDiscriminatorRows</c> makes rows of token sequences.</summary>
/// <remarks>
/// Each window gives a real row, whose candidates are its own tokens, and a generated one. Both have the real tokens in front
/// of the candidates, and the same group.
/// </remarks>
public sealed class DiscriminatorRowOptions
{
    /// <summary>
    /// T, the tokens of each row: windows of a sequence. 0 or null: each sequence is one window, and the columns are of unknown
    /// size. Default: null.
    /// </summary>
    public int? WindowTokens { get; set; }

    /// <summary>
    /// How many tokens behind a window's first the next one begins. 0 or null: behind its last, so that windows do not overlap. A
    /// remainder at the end that fills no window is in no row. Default: null.
    /// </summary>
    public int? Stride { get; set; }

    /// <summary>
    /// Whether sequences that are too short for one window (shorter than <see cref="WindowTokens"/>, or empty) are left out, in
    /// place of an error. Default: false.
    /// </summary>
    public bool SkipShortSequences { get; set; }

    /// <summary>Where the candidates of generated rows come from. Default: an n-gram of two tokens.</summary>
    public CandidateSource Candidates { get; set; } = CandidateSource.NGram(2);

    /// <summary>
    /// The share of tokens in a generated row that are generated, above 0 up to 1, at random places, at least one; the others are
    /// real, and so are their labels in <see cref="TokenLabelColumnName"/>. Default: 1.
    /// </summary>
    public double GeneratedFraction { get; set; } = 1;

    /// <summary>Whether each window gives a real row too. Default: true.</summary>
    public bool IncludeRealRows { get; set; } = true;

    /// <summary>Decides the generated tokens. Null: drawn from the context's generator once. Default: null.</summary>
    public int? Seed { get; set; }

    /// <summary>The column of real embeddings, Vector&lt;Single, T, C&gt;, unshifted: the transform shifts them. Default: <c>PreviousEmbeddings</c>.</summary>
    public string PreviousColumnName { get; set; } = NextTokenDiscriminatorEstimator.Defaults.PreviousColumnName;

    /// <summary>The column of the candidates' embeddings, Vector&lt;Single, T, C&gt;. Default: <c>CurrentEmbeddings</c>.</summary>
    public string CurrentColumnName { get; set; } = NextTokenDiscriminatorEstimator.Defaults.CurrentColumnName;

    /// <summary>
    /// The column of row labels, Boolean: <c>true</c> for a real row. Empty or null: none. Default: <c>Label</c>.
    /// </summary>
    public string? LabelColumnName { get; set; } = "Label";

    /// <summary>
    /// The column of token labels, Vector&lt;Boolean, T&gt;: <c>true</c> for a real token. A generated token is generated even
    /// where it is the same as the real one. Empty or null: none. Default: <c>TokenLabels</c>.
    /// </summary>
    public string? TokenLabelColumnName { get; set; } = "TokenLabels";

    /// <summary>
    /// The column of groups, Int64: the number of the sequence, from 0, so that all rows of one sequence stay on one side of a split
    /// (<c>samplingKeyColumnName</c> of <c>TrainTestSplit</c> and <c>CrossValidate</c>). Empty or null: none. Default:
    /// <c>SequenceId</c>.
    /// </summary>
    public string? GroupColumnName { get; set; } = "SequenceId";

    internal DiscriminatorRowOptions Copy() => (DiscriminatorRowOptions)MemberwiseClone();

    /// <summary>What is wrong: the option at fault and a sentence; null when nothing is.</summary>
    internal (string Option, string Problem)? FindProblem()
    {
        if (WindowTokens < 0)
            return (nameof(WindowTokens), $"expected at least 1 token, or 0 (each sequence is one window), found {WindowTokens}");
        if (Stride < 0)
            return (nameof(Stride), $"expected at least 1 token, or 0 (windows do not overlap), found {Stride}");
        if (Stride > 0 && !(WindowTokens > 0))
            return (nameof(Stride), $"expected none where each sequence is one window (WindowTokens), found {Stride}");
        if (!(GeneratedFraction is > 0 and <= 1))
            return (nameof(GeneratedFraction), FormattableString.Invariant($"expected above 0 up to 1, found {GeneratedFraction}"));
        if (Candidates is null)
            return (nameof(Candidates), "a source of candidates is needed, found null");
        if (string.IsNullOrWhiteSpace(PreviousColumnName))
            return (nameof(PreviousColumnName), "a column name is needed, found none");
        if (string.IsNullOrWhiteSpace(CurrentColumnName))
            return (nameof(CurrentColumnName), "a column name is needed, found none");
        return FindNameProblem();
    }

    private (string Option, string Problem)? FindNameProblem()
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (option, name) in new[]
        {
            (nameof(PreviousColumnName), PreviousColumnName), (nameof(CurrentColumnName), CurrentColumnName), (nameof(LabelColumnName), LabelColumnName),
            (nameof(TokenLabelColumnName), TokenLabelColumnName), (nameof(GroupColumnName), GroupColumnName),
        })
        {
            if (string.IsNullOrEmpty(name))
                continue;
            if (string.IsNullOrWhiteSpace(name))
                return (option, "a column name, or an empty one (no such column), is needed, found a blank name");
            if (!names.Add(name))
                return (option, $"expected a name of its own, found '{name}', which another column has");
        }

        return null;
    }
}
