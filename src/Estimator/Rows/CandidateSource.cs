namespace MlNetNtd;

/// <summary>Where the candidates of generated rows come from: one of the built-in sources, or a generator of the caller's.</summary>
/// <remarks>
/// Each source draws from a generator of random numbers that belongs to the row, so a row gets the same candidates at each
/// reading. A delegate must go by its arguments alone for that, and is called by several threads at once where several cursors
/// read.
/// </remarks>
public sealed class CandidateSource
{
    private CandidateSource(CandidateKind kind) => Kind = kind;

    internal CandidateKind Kind { get; }

    /// <summary>n of an n-gram.</summary>
    internal int Order { get; private init; }

    internal Func<ReadOnlyMemory<int>, Random, IReadOnlyList<int>>? Ids { get; private init; }

    internal Func<ReadOnlyMemory<int>, Random, ReadOnlyMemory<float>>? Vectors { get; private init; }

    /// <summary>Each candidate is drawn from all tokens of all sequences, by frequency. The easiest to tell from real tokens.</summary>
    public static CandidateSource Unigram { get; } = new(CandidateKind.NGram) { Order = 1 };

    /// <summary>
    /// The tokens of a row, in another order: the words are right, the places are not. Needs rows of at least two tokens.
    /// </summary>
    public static CandidateSource Shuffled { get; } = new(CandidateKind.Shuffled);

    /// <summary>
    /// As many tokens in a row from another sequence (where it ends, from one more): fluent by itself, foreign to what stands before. Of
    /// a single sequence, from another place in it.
    /// </summary>
    public static CandidateSource OtherRows { get; } = new(CandidateKind.OtherRows);

    /// <summary>
    /// Each candidate is drawn from the tokens that follow the n - 1 real tokens before it, anywhere in the sequences; at the
    /// beginning of a row from those that follow the fewer tokens there are.
    /// </summary>
    /// <remarks>
    /// All sequences are counted once, when the first generated row is read, and kept: 4 * n bytes a token, and about 60 bytes a
    /// context. The longer the context, the more often the only token that ever follows is the real one; 2 is a good start.
    /// </remarks>
    /// <param name="n">1 (which is <see cref="Unigram"/>) to 8.</param>
    public static CandidateSource NGram(int n)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(n, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(n, NGramTable.MaxOrder);
        return new CandidateSource(CandidateKind.NGram) { Order = n };
    }

    /// <summary>A generator that gives token ids, whose embeddings the table has.</summary>
    /// <param name="generate">Takes a row's T real tokens and its random numbers, and gives T ids.</param>
    public static CandidateSource FromTokens(Func<ReadOnlyMemory<int>, Random, IReadOnlyList<int>> generate)
    {
        ArgumentNullException.ThrowIfNull(generate);
        return new CandidateSource(CandidateKind.Ids) { Ids = generate };
    }

    /// <summary>A generator that gives embeddings, as one that predicts in the space of embeddings does.</summary>
    /// <param name="generate">Takes a row's T real tokens and its random numbers, and gives T * C values, row-major.</param>
    public static CandidateSource FromEmbeddings(Func<ReadOnlyMemory<int>, Random, ReadOnlyMemory<float>> generate)
    {
        ArgumentNullException.ThrowIfNull(generate);
        return new CandidateSource(CandidateKind.Vectors) { Vectors = generate };
    }
}

/// <summary>How candidates are made.</summary>
internal enum CandidateKind
{
    NGram,
    Shuffled,
    OtherRows,
    Ids,
    Vectors,
}
