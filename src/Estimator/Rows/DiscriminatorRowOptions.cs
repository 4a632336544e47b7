namespace MlNetNtd;

/// <summary>Options of <c>mlContext.Data.CreateDiscriminatorRows</c>, which creates rows from token sequences.</summary>
/// <remarks>
/// Each window gives a real row, whose candidates are its own tokens, and a generated row, as often as <see cref="DrawsPerWindow"/> says.
/// All of them have the same real tokens as their context, and the same group. With several candidates of each token
/// (<see cref="CandidatesPerToken"/>), each draw gives one row.
/// </remarks>
public sealed class DiscriminatorRowOptions
{
    private const int MaxCandidates = 1024;

    /// <summary>
    /// T, the number of tokens in each row: a row is a window of a sequence. With 0 or null, each sequence is one window, and the size
    /// of the columns is unknown. Default: null.
    /// </summary>
    public int? WindowTokens { get; set; }

    /// <summary>
    /// The number of tokens from the start of a window to the start of the next one. With 0 or null, windows do not overlap. Tokens at
    /// the end of a sequence that fill no window are in no row. Default: null.
    /// </summary>
    public int? Stride { get; set; }

    /// <summary>
    /// Whether to skip sequences that are too short for one window (shorter than <see cref="WindowTokens"/>, or empty). Otherwise such
    /// a sequence is an error. Default: false.
    /// </summary>
    public bool SkipShortSequences { get; set; }

    /// <summary>The source of the candidates of generated rows. Default: an n-gram of two tokens.</summary>
    public CandidateSource Candidates { get; set; } = CandidateSource.NGram(2);

    /// <summary>
    /// The fraction of tokens in a generated row that are generated, above 0 up to 1; at least one token is. Their positions are random.
    /// The other tokens are real and labeled real in <see cref="TokenLabelColumnName"/>. Default: 1.
    /// </summary>
    public double GeneratedFraction { get; set; } = 1;

    /// <summary>
    /// The number of generated rows of each window, each with candidates of its own draw and, with <see cref="IncludeRealRows"/>, with a
    /// real row before it. Training on k draws for 1/k of the epochs takes the same time and sees a candidate 1/k times as often.
    /// Default: 1.
    /// </summary>
    public int DrawsPerWindow { get; set; } = 1;

    /// <summary>
    /// Features of each token that are appended to its embedding, in both columns; null for none. They need candidates with ids: every
    /// source but <see cref="CandidateSource.FromEmbeddings"/>. Default: null.
    /// </summary>
    public TokenFeatures? TokenFeatures { get; set; }

    /// <summary>Whether each window also gives a real row; with several candidates, whether one of them is the real token. Default: true.</summary>
    public bool IncludeRealRows { get; set; } = true;

    /// <summary>
    /// K, the number of candidates of each token, 1 to 1,024. With more than one, each draw gives one row: of the K candidates of a token
    /// one is the real token, at a random place, and the others are drawn; without <see cref="IncludeRealRows"/> all are drawn. The columns of
    /// candidates and token labels are then (T, K, C) and (T, K), there is no column of row labels, and <see cref="GeneratedFraction"/> is 1.
    /// Default: 1.
    /// </summary>
    public int CandidatesPerToken { get; set; } = 1;

    /// <summary>The seed of the generated tokens; null to draw one from the context's random number generator. Default: null.</summary>
    public int? Seed { get; set; }

    /// <summary>
    /// The name of the column of real embeddings, Vector&lt;Single, T, C&gt;. They are unshifted: the transform shifts them. Default:
    /// <c>PreviousEmbeddings</c>.
    /// </summary>
    public string PreviousColumnName { get; set; } = NextTokenDiscriminatorEstimator.Defaults.PreviousColumnName;

    /// <summary>
    /// The name of the column of candidate embeddings, Vector&lt;Single, T, C&gt;, or Vector&lt;Single, T, K, C&gt; with several for each
    /// token. Default: <c>CurrentEmbeddings</c>.
    /// </summary>
    public string CurrentColumnName { get; set; } = NextTokenDiscriminatorEstimator.Defaults.CurrentColumnName;

    /// <summary>
    /// The name of the column of row labels, Boolean: <c>true</c> for a real row. Empty or null for no column. Default: <c>Label</c>.
    /// </summary>
    public string? LabelColumnName { get; set; } = "Label";

    /// <summary>
    /// The name of the column of token labels, Vector&lt;Boolean, T&gt;, or Vector&lt;Boolean, T, K&gt; with several candidates: <c>true</c> for a real token. A generated token that equals the
    /// real one is labeled generated. Empty or null for no column. Default: <c>TokenLabels</c>.
    /// </summary>
    public string? TokenLabelColumnName { get; set; } = "TokenLabels";

    /// <summary>
    /// The name of the group column, Int64: the index of the sequence. Use it as the <c>samplingKeyColumnName</c> of
    /// <c>TrainTestSplit</c> and <c>CrossValidate</c>, so that all rows of a sequence are on one side of a split. Empty or null for no
    /// column. Default: <c>SequenceId</c>.
    /// </summary>
    public string? GroupColumnName { get; set; } = "SequenceId";

    internal DiscriminatorRowOptions Copy() => (DiscriminatorRowOptions)MemberwiseClone();

    /// <summary>Finds the first invalid option: its name and a description; null if all are valid.</summary>
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
        if (DrawsPerWindow < 1)
            return (nameof(DrawsPerWindow), $"expected at least 1 draw, found {DrawsPerWindow}");
        if (CandidatesPerToken is < 1 or > MaxCandidates)
            return (nameof(CandidatesPerToken), $"expected 1 to {MaxCandidates} candidates, found {CandidatesPerToken}");
        if (CandidatesPerToken > 1 && GeneratedFraction != 1)
            return (nameof(GeneratedFraction), FormattableString.Invariant($"expected 1 with several candidates of each token (CandidatesPerToken), found {GeneratedFraction}"));
        if (Candidates is null)
            return (nameof(Candidates), "a source of candidates is needed, found null");
        if (TokenFeatures is not null && Candidates.Kind == CandidateKind.Vectors)
            return (nameof(TokenFeatures), "expected none where candidates have no ids (CandidateSource.FromEmbeddings), found features");
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
