namespace MlNetNtd;

/// <summary>One row's mask as it is added to the attention scores, and what it says of the row.</summary>
internal sealed class AttentionMask
{
    private AttentionMask(float[] values, int paddedTokens, int realTokens, string? problem)
    {
        Values = values;
        PaddedTokens = paddedTokens;
        RealTokens = realTokens;
        Problem = problem;
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

    /// <summary>Whether a value of an additive mask blocks. Some write the least number instead of negative infinity.</summary>
    public static bool Blocks(float value) => value <= -1e9f;

    public static AttentionMask Of(ReadOnlySpan<float> values)
    {
        var side = (int)Math.Round(Math.Sqrt(values.Length));
        var tokens = side / 2;
        var (real, problem) = Read(values, side);
        return new AttentionMask(values.ToArray(), tokens, real, problem);
    }

    private static (int RealTokens, string? Problem) Read(ReadOnlySpan<float> values, int side)
    {
        var tokens = side / 2;
        var real = 0;
        for (var query = 0; query < side; query++)
        {
            var (allowed, meetsOthers) = (false, false);
            for (var key = 0; key < side; key++)
            {
                var value = values[query * side + key];
                if (float.IsNaN(value) || value == float.PositiveInfinity)
                    return (0, $"finite values or negative infinity, found {value} for query {query}, key {key}");
                allowed |= !Blocks(value);
                meetsOthers |= key != query && !Blocks(value);
            }

            if (!allowed)
                return (0, $"at least one key that query {query} may attend, found none");
            if (query >= tokens && meetsOthers)
                real = query - tokens + 1;
        }

        return (real, null);
    }
}
