using System.Runtime.InteropServices;

namespace MlNetNtd;

/// <summary>An attention mask that is added to the attention scores, with the properties that reading a row needs.</summary>
internal sealed class AttentionMask
{
    private readonly int? _selfBlockedQuery;
    private readonly bool _isInverted;
    private readonly bool _isFlags;

    private AttentionMask(float[] values, int paddedTokens, int candidatesPerToken, int realTokens, (string Expected, string Found)? problem, int? selfBlockedQuery)
    {
        Values = values;
        Hash = RowHash.Hash(MemoryMarshal.AsBytes(values.AsSpan()));
        PaddedTokens = paddedTokens;
        CandidatesPerToken = candidatesPerToken;
        RealTokens = realTokens;
        Problem = problem;
        _selfBlockedQuery = selfBlockedQuery;
        _isInverted = MaskConversions.TryMatch(values, paddedTokens, 0f, float.NegativeInfinity, out _, candidatesPerToken);
        _isFlags = AdditiveMask.IsFlags(values);
    }

    /// <summary>Gets the values, (P + P * K, P + P * K), row-major (query, key): negative infinity if the query may not attend the key.</summary>
    public float[] Values { get; }

    /// <summary>Gets the hash of the values, which is computed once for all rows with this mask.</summary>
    public ulong Hash { get; }

    /// <summary>Gets P, the length of each half, in tokens.</summary>
    public int PaddedTokens { get; }

    /// <summary>Gets K, the number of candidates of each token.</summary>
    public int CandidatesPerToken { get; }

    /// <summary>
    /// Gets the number of tokens up to the last candidate that may attend a key other than itself; candidates after it are padding. 0 if
    /// there is no such candidate.
    /// </summary>
    public int RealTokens { get; }

    /// <summary>Gets the reason why no row can be scored under this mask; null if there is none.</summary>
    public (string Expected, string Found)? Problem { get; }

    /// <summary>Finds the reason to reject a row with this mask.</summary>
    /// <param name="source">The source that the mask was read from.</param>
    /// <returns>The expected and the found mask; null if the mask is valid.</returns>
    public (string Expected, string Found)? Validate(MaskSource source)
    {
        if (_isInverted)
        {
            return ("a mask that lets candidates see the context before them",
                $"one that follows the next-token rule exactly when inverted. {GetAdvice(source)}");
        }

        if (_isFlags)
            return (AdditiveMask.FlagsExpected, "ones and zeros alone, which block nothing. Have the transform write MaskKind.Additive, or read a Boolean mask.");

        if (Problem is not null)
            return Problem;
        // If the column has an annotation of its kind, the mask cannot be mistaken for one of the other kind.
        return _selfBlockedQuery is { } query && !source.KindIsAnnotated
            ? ("a mask under which every query may attend itself", $"one that blocks query {query} from itself. {GetAdvice(source)}")
            : null;
    }

    private static string GetAdvice(MaskSource source)
    {
        var (read, other) = source.TrueMeansBlocked ? (MaskKind.Blocked, MaskKind.Allowed) : (MaskKind.Allowed, MaskKind.Blocked);
        return source.IsBoolean
            ? $"It is read as MaskKind.{read}, which {(source.KindIsAnnotated ? "its annotation" : "the trainer's option")} says; if its true means the other thing, set MaskKind.{other}, "
                + $"or say so in the column's annotation {AnnotationNames.AttentionMaskKind}, as the transform does."
            : $"If that is meant, say so by an annotation {AnnotationNames.AttentionMaskKind} of the column: {MaskKind.Additive}.";
    }

    /// <summary>Creates a mask.</summary>
    /// <param name="values">The values, (P + P * K, P + P * K), row-major (query, key). They are copied.</param>
    /// <param name="candidatesPerToken">K, the number of candidates of each token.</param>
    public static AttentionMask Create(ReadOnlySpan<float> values, int candidatesPerToken = 1)
    {
        var side = (int)Math.Round(Math.Sqrt(values.Length));
        var (realTokens, problem, selfBlockedQuery) = Analyze(values, side, candidatesPerToken);
        return new AttentionMask(values.ToArray(), side / (1 + candidatesPerToken), candidatesPerToken, realTokens, problem, selfBlockedQuery);
    }

    private static (int RealTokens, (string Expected, string Found)? Problem, int? SelfBlockedQuery) Analyze(ReadOnlySpan<float> values, int side, int candidatesPerToken)
    {
        if (AdditiveMask.IndexOfUnclear(values) is >= 0 and var index)
            return (0, (AdditiveMask.Expected, FormattableString.Invariant($"{values[index]} for query {index / side}, key {index % side}")), null);
        var tokens = side / (1 + candidatesPerToken);
        var realTokens = 0;
        int? selfBlockedQuery = null;
        for (var query = 0; query < side; query++)
        {
            var (attendsAny, attendsOthers) = (false, false);
            for (var key = 0; key < side; key++)
            {
                var value = values[query * side + key];
                attendsAny |= !AdditiveMask.Blocks(value);
                attendsOthers |= key != query && !AdditiveMask.Blocks(value);
            }

            if (!attendsAny)
                return (0, ($"at least one key that query {query} may attend", "none"), null);
            if (AdditiveMask.Blocks(values[query * side + query]))
                selfBlockedQuery ??= query;
            if (query >= tokens && attendsOthers)
                realTokens = (query - tokens) / candidatesPerToken + 1;
        }

        return (realTokens, null, selfBlockedQuery);
    }
}
