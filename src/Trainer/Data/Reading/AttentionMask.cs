using System.Runtime.InteropServices;

namespace MlNetNtd;

/// <summary>One row's mask as it is added to the attention scores, and what it says of the row.</summary>
internal sealed class AttentionMask
{
    private readonly int? _selfBlockedQuery;
    private readonly bool _isInverted;
    private readonly bool _isFlags;

    private AttentionMask(float[] values, int paddedTokens, int realTokens, (string Expected, string Found)? problem, int? blindQuery)
    {
        Values = values;
        Hash = RowHash.Hash(MemoryMarshal.AsBytes(values.AsSpan()));
        PaddedTokens = paddedTokens;
        RealTokens = realTokens;
        Problem = problem;
        _selfBlockedQuery = blindQuery;
        _isInverted = MaskConversions.TryMatch(values, paddedTokens, 0f, float.NegativeInfinity, out _);
        _isFlags = AdditiveMask.IsFlags(values);
    }

    /// <summary>(2P, 2P), row-major (query, key): negative infinity where blocked.</summary>
    public float[] Values { get; }

    /// <summary>What the values are, in 64 bits: computed once for all rows of this mask.</summary>
    public ulong Hash { get; }

    /// <summary>P, the length of each half.</summary>
    public int PaddedTokens { get; }

    /// <summary>
    /// The tokens up to the last candidate that meets somebody besides itself, which is what sets a token apart from
    /// padding; 0 where none does.
    /// </summary>
    public int RealTokens { get; }

    /// <summary>Why no row can be scored under this mask; null where one can.</summary>
    public (string Expected, string Found)? Problem { get; }

    /// <summary>What a row under this mask is refused for; null where nothing is.</summary>
    /// <param name="reading">How it was read.</param>
    public (string Expected, string Found)? Validate(MaskSource reading)
    {
        if (_isInverted)
        {
            return ("a mask that lets candidates see the context before them",
                $"one that follows the next-token rule exactly when inverted. {GetAdvice(reading)}");
        }

        if (_isFlags)
            return (AdditiveMask.FlagsExpected, "ones and zeros alone, which block nothing. Have the stage write MaskKind.Additive, or read a Boolean mask.");

        if (Problem is not null)
            return Problem;
        // Where the column says how it is to be read, there is nothing to take for something else.
        return _selfBlockedQuery is { } query && !reading.KindIsAnnotated
            ? ("a mask under which every query may attend itself", $"one that blocks query {query} from itself. {GetAdvice(reading)}")
            : null;
    }

    private static string GetAdvice(MaskSource reading)
    {
        var (read, other) = reading.TrueMeansBlocked ? (MaskKind.Blocked, MaskKind.Allowed) : (MaskKind.Allowed, MaskKind.Blocked);
        return reading.IsBoolean
            ? $"It is read as MaskKind.{read}, which {(reading.KindIsAnnotated ? "its annotation" : "the trainer's option")} says; if its true means the other thing, set MaskKind.{other}, "
                + $"or say so in the column's annotation {AnnotationNames.AttentionMaskKind}, as the stage does."
            : $"If that is meant, say so by an annotation {AnnotationNames.AttentionMaskKind} of the column: {MaskKind.Additive}.";
    }

    public static AttentionMask Create(ReadOnlySpan<float> values)
    {
        var side = (int)Math.Round(Math.Sqrt(values.Length));
        var tokens = side / 2;
        var (real, problem, blind) = Read(values, side);
        return new AttentionMask(values.ToArray(), tokens, real, problem, blind);
    }

    private static (int RealTokens, (string Expected, string Found)? Problem, int? BlindQuery) Read(ReadOnlySpan<float> values, int side)
    {
        if (AdditiveMask.IndexOfUnclear(values) is >= 0 and var place)
            return (0, (AdditiveMask.Expected, FormattableString.Invariant($"{values[place]} for query {place / side}, key {place % side}")), null);
        var tokens = side / 2;
        var real = 0;
        int? blind = null;
        for (var query = 0; query < side; query++)
        {
            var (allowed, meetsOthers) = (false, false);
            for (var key = 0; key < side; key++)
            {
                var value = values[query * side + key];
                allowed |= !AdditiveMask.Blocks(value);
                meetsOthers |= key != query && !AdditiveMask.Blocks(value);
            }

            if (!allowed)
                return (0, ($"at least one key that query {query} may attend", "none"), null);
            if (AdditiveMask.Blocks(values[query * side + query]))
                blind ??= query;
            if (query >= tokens && meetsOthers)
                real = query - tokens + 1;
        }

        return (real, null, blind);
    }
}
