namespace MlNetNtd.Tests;

/// <summary>
/// A second implementation of the transform's outputs, as plain as possible: value by value, from the tables of the design, sharing
/// nothing with the product code.
/// </summary>
internal static class Reference
{
    /// <summary>The combined sequence of a row, (2P, C); P = T where nothing is padded.</summary>
    public static float[] Combined(float[] initial, SequencePair row, int? paddedTokens = null)
    {
        var dimension = initial.Length;
        var tokens = row.Previous.Length / dimension;
        var padded = paddedTokens ?? tokens;
        var combined = new float[2 * padded * dimension];
        for (var i = 0; i < tokens; i++)
        {
            for (var c = 0; c < dimension; c++)
            {
                combined[i * dimension + c] = i == 0 ? initial[c] : row.Previous[(i - 1) * dimension + c];
                combined[(padded + i) * dimension + c] = row.Current[i * dimension + c];
            }
        }

        return combined;
    }

    /// <summary>Whether query q may not attend key k, without padding.</summary>
    public static bool IsBlocked(int query, int key, int tokens) => (query < tokens, key < tokens) switch
    {
        (true, true) => key > query,
        (true, false) => true,
        (false, true) => key > query - tokens,
        (false, false) => key != query,
    };

    /// <summary>Whether query q may not attend key k, in halves padded from T to P.</summary>
    public static bool IsBlocked(int query, int key, int tokens, int paddedTokens)
    {
        var queryIsPadding = query % paddedTokens >= tokens;
        var keyIsPadding = key % paddedTokens >= tokens;
        if (queryIsPadding || keyIsPadding)
            return query != key;
        return IsBlocked(WithoutPadding(query), WithoutPadding(key), tokens);

        int WithoutPadding(int position) => position < paddedTokens ? position : position - paddedTokens + tokens;
    }

    /// <summary>The mask of a row, (2P, 2P), true = may not attend.</summary>
    public static bool[] Blocked(int tokens, int? paddedTokens = null)
    {
        var padded = paddedTokens ?? tokens;
        var width = 2 * padded;
        var mask = new bool[width * width];
        for (var query = 0; query < width; query++)
        {
            for (var key = 0; key < width; key++)
                mask[query * width + key] = IsBlocked(query, key, tokens, padded);
        }

        return mask;
    }

    /// <summary>The mask of a row, (2P, 2P), true = may attend.</summary>
    public static bool[] Allowed(int tokens, int? paddedTokens = null) =>
        Array.ConvertAll(Blocked(tokens, paddedTokens), blocked => !blocked);

    /// <summary>The mask of a row, (2P, 2P), to be added to the scores.</summary>
    public static float[] Additive(int tokens, int? paddedTokens = null) =>
        Array.ConvertAll(Blocked(tokens, paddedTokens), blocked => blocked ? float.NegativeInfinity : 0f);
}
