namespace MlNetNtd;

/// <summary>One row's mask as it is added to the attention scores, and what it says of the row.</summary>
internal sealed class AttentionMask
{
    private readonly int? _blindQuery;
    private readonly bool _isInverted;
    private readonly bool _isFlags;

    private AttentionMask(float[] values, int paddedTokens, int realTokens, string? problem, int? blindQuery)
    {
        Values = values;
        PaddedTokens = paddedTokens;
        RealTokens = realTokens;
        Problem = problem;
        _blindQuery = blindQuery;
        _isInverted = MaskValues.Follow(values, paddedTokens, 0f, float.NegativeInfinity, out _);
        _isFlags = MaskValues.Follow(values, paddedTokens, 1f, 0f, out _) || MaskValues.Follow(values, paddedTokens, 0f, 1f, out _);
    }

    /// <summary>(2P, 2P), row-major (query, key): negative infinity where blocked.</summary>
    public float[] Values { get; }

    /// <summary>P, the length of each half.</summary>
    public int PaddedTokens { get; }

    /// <summary>
    /// The tokens up to the last candidate that meets somebody besides itself, which is what sets a token apart from
    /// padding; 0 where none does.
    /// </summary>
    public int RealTokens { get; }

    /// <summary>Why no row can be scored under this mask; null where one can.</summary>
    public string? Problem { get; }

    /// <summary>What a row under this mask is refused for; null where nothing is.</summary>
    /// <param name="reading">How it was read.</param>
    public (string Expected, string Found)? FindProblem(MaskReading reading)
    {
        if (_isInverted)
        {
            return ("a mask that lets candidates see the context before them",
                $"one that follows the next-token rule exactly when inverted. {Cure(reading)}");
        }

        if (_isFlags)
        {
            return ("negative infinity where a query may not attend a key, else 0, to be added to the scores",
                "the next-token rule in ones and zeros, which block nothing. Have the stage write MaskKind.Additive, or read a Boolean mask.");
        }

        if (Problem is not null)
            return (Problem, "that mask");
        // Where the column says how it is to be read, there is nothing to take for something else.
        return _blindQuery is { } query && !reading.SaysKind
            ? ("a mask under which every query may attend itself", $"one that blocks query {query} from itself. {Cure(reading)}")
            : null;
    }

    private static string Cure(MaskReading reading)
    {
        var (read, other) = reading.TrueBlocks ? (MaskKind.Blocked, MaskKind.Allowed) : (MaskKind.Allowed, MaskKind.Blocked);
        return reading.ReadsFlags
            ? $"It is read as MaskKind.{read}, which {(reading.SaysKind ? "its annotation" : "the trainer's option")} says; if its true means the other thing, set MaskKind.{other}, "
                + $"or say so in the column's annotation {AnnotationNames.AttentionMaskKind}, as the stage does."
            : $"If that is meant, say so by an annotation {AnnotationNames.AttentionMaskKind} of the column: {MaskKind.Additive}.";
    }

    /// <summary>Whether a value of an additive mask blocks. Some write the least number instead of negative infinity.</summary>
    public static bool Blocks(float value) => value <= -1e9f;

    public static AttentionMask Of(ReadOnlySpan<float> values)
    {
        var side = (int)Math.Round(Math.Sqrt(values.Length));
        var tokens = side / 2;
        var (real, problem, blind) = Read(values, side);
        return new AttentionMask(values.ToArray(), tokens, real, problem, blind);
    }

    private static (int RealTokens, string? Problem, int? BlindQuery) Read(ReadOnlySpan<float> values, int side)
    {
        var tokens = side / 2;
        var real = 0;
        int? blind = null;
        for (var query = 0; query < side; query++)
        {
            var (allowed, meetsOthers) = (false, false);
            for (var key = 0; key < side; key++)
            {
                var value = values[query * side + key];
                if (float.IsNaN(value) || value == float.PositiveInfinity)
                    return (0, FormattableString.Invariant($"finite values or negative infinity, found {value} for query {query}, key {key}"), null);
                allowed |= !Blocks(value);
                meetsOthers |= key != query && !Blocks(value);
            }

            if (!allowed)
                return (0, $"at least one key that query {query} may attend, found none", null);
            if (Blocks(values[query * side + query]))
                blind ??= query;
            if (query >= tokens && meetsOthers)
                real = query - tokens + 1;
        }

        return (real, null, blind);
    }
}
