namespace MlNetNtd;

/// <summary>The source of the candidates of generated rows: a built-in one, or a generator of your own.</summary>
/// <remarks>
/// Each row has its own random number generator, so it gets the same candidates each time it is read. For this, a delegate must depend
/// only on its arguments. It must be thread-safe, because several cursors can call it concurrently.
/// </remarks>
public sealed class CandidateSource
{
    private CandidateSource(CandidateKind kind) => Kind = kind;

    internal CandidateKind Kind { get; }

    /// <summary>The n of an n-gram.</summary>
    internal int Order { get; private init; }

    internal Func<ReadOnlyMemory<int>, Random, IReadOnlyList<int>>? Ids { get; private init; }

    internal Func<ReadOnlyMemory<int>, Random, ReadOnlyMemory<float>>? Vectors { get; private init; }

    /// <summary>
    /// Gets a source that draws each candidate from all tokens of all sequences, by frequency. Its candidates are the easiest to
    /// distinguish from real tokens.
    /// </summary>
    public static CandidateSource Unigram { get; } = new(CandidateKind.NGram) { Order = 1 };

    /// <summary>
    /// Gets a source that shuffles the tokens of a row: the tokens are real, their positions are not. Rows need at least two tokens.
    /// </summary>
    public static CandidateSource Shuffled { get; } = new(CandidateKind.Shuffled);

    /// <summary>
    /// Gets a source that takes T consecutive tokens from another sequence, and continues with one more sequence if it ends. The
    /// candidates are fluent, but do not fit the tokens before them. If there is only one sequence, they come from another position in
    /// it.
    /// </summary>
    public static CandidateSource OtherRows { get; } = new(CandidateKind.OtherRows);

    /// <summary>
    /// Creates a source that draws each candidate from the tokens that follow the n - 1 real tokens before it anywhere in the
    /// sequences. The beginning of a row has fewer tokens before it, and uses those.
    /// </summary>
    /// <remarks>
    /// The sequences are counted once, when the first generated row is read. The counts take 4 * n bytes per token and about 60 bytes
    /// per context. With a long context, often only the real token follows it; 2 is a good start.
    /// </remarks>
    /// <param name="n">The length of the n-gram, from 1 (<see cref="Unigram"/>) to 8.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="n"/> is out of range.</exception>
    public static CandidateSource NGram(int n)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(n, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(n, NGramTable.MaxOrder);
        return new CandidateSource(CandidateKind.NGram) { Order = n };
    }

    /// <summary>Creates a source from a generator of token ids, which the embedding table maps to embeddings.</summary>
    /// <param name="generate">Receives the T real tokens of a row and its random number generator, and returns T ids.</param>
    public static CandidateSource FromTokens(Func<ReadOnlyMemory<int>, Random, IReadOnlyList<int>> generate)
    {
        ArgumentNullException.ThrowIfNull(generate);
        return new CandidateSource(CandidateKind.Ids) { Ids = generate };
    }

    /// <summary>Creates a source from a generator that predicts embeddings.</summary>
    /// <param name="generate">
    /// Receives the T real tokens of a row and its random number generator, and returns T * C values, row-major.
    /// </param>
    public static CandidateSource FromEmbeddings(Func<ReadOnlyMemory<int>, Random, ReadOnlyMemory<float>> generate)
    {
        ArgumentNullException.ThrowIfNull(generate);
        return new CandidateSource(CandidateKind.Vectors) { Vectors = generate };
    }
}

/// <summary>The kinds of candidate sources.</summary>
internal enum CandidateKind
{
    NGram,
    Shuffled,
    OtherRows,
    Ids,
    Vectors,
}
