namespace MlNetNtd.Tests;

/// <summary>The mask rule for sequences without padding.</summary>
[TestClass]
public sealed class MaskRuleTests
{
    public static IEnumerable<object[]> GoldenNames => Golden.Names;

    [TestMethod]
    public void Every_pair_follows_the_table_for_all_lengths_up_to_64()
    {
        for (var tokens = 1; tokens <= 64; tokens++)
        {
            for (var query = 0; query < 2 * tokens; query++)
            {
                for (var key = 0; key < 2 * tokens; key++)
                {
                    if (Reference.IsBlocked(query, key, tokens) != NextTokenMask.IsBlocked(query, key, tokens))
                        Assert.Fail($"T = {tokens}, query {query}, key {key}.");
                }
            }
        }
    }

    [TestMethod]
    [DynamicData(nameof(GoldenNames))]
    public void Mask_equals_that_of_the_original_module(string name)
    {
        var golden = Golden.Cases[name];
        var mask = new bool[NextTokenMask.Count(golden.Tokens)];
        NextTokenMask.Fill(mask, golden.Tokens, golden.Tokens);
        Expect.Same<bool>(golden.Blocked, mask);
    }

    [TestMethod]
    public void Three_tokens_look_as_the_picture_in_the_documentation()
    {
        string[] picture =
        [
            "011111",
            "001111",
            "000111",
            "011011",
            "001101",
            "000110",
        ];
        var mask = new bool[36];
        NextTokenMask.Fill(mask, 3, 3);
        Assert.AreEqual(string.Concat(picture), string.Concat(mask.Select(blocked => blocked ? '1' : '0')));
    }

    [TestMethod]
    public void Filling_agrees_with_the_rule_in_every_kind_for_all_lengths_up_to_64()
    {
        for (var tokens = 1; tokens <= 64; tokens++)
        {
            var (blocked, allowed, additive) = Fill(tokens, tokens);
            var expected = ByRule(tokens, tokens);
            Expect.Same<bool>(expected, blocked, $"Blocked, T = {tokens}.");
            Expect.Same<bool>([.. expected.Select(value => !value)], allowed, $"Allowed, T = {tokens}.");
            Expect.SameBits([.. expected.Select(value => value ? float.NegativeInfinity : 0f)], additive, $"Additive, T = {tokens}.");
        }
    }

    [TestMethod]
    public void No_query_is_blocked_from_everything()
    {
        for (var tokens = 1; tokens <= 64; tokens++)
        {
            for (var query = 0; query < 2 * tokens; query++)
                Assert.IsFalse(NextTokenMask.IsBlocked(query, query, tokens), $"T = {tokens}, query {query}.");
        }
    }

    [TestMethod]
    public void Mask_size_is_the_square_of_both_halves()
    {
        Assert.AreEqual(4, NextTokenMask.Count(1));
        Assert.AreEqual(36, NextTokenMask.Count(3));
        Assert.AreEqual(4 * 128 * 128, NextTokenMask.Count(128));
    }

    [TestMethod]
    public void Longest_mask_fits_an_array_and_one_token_more_does_not()
    {
        long longest = NextTokenMask.MaxTokens;
        Assert.IsLessThanOrEqualTo(Array.MaxLength, 4 * longest * longest);
        Assert.IsGreaterThan(Array.MaxLength, 4 * (longest + 1) * (longest + 1));
        Assert.AreEqual(4 * longest * longest, NextTokenMask.Count((int)longest));
    }

    /// <summary>The masks of all kinds, into buffers that hold something else.</summary>
    internal static (bool[] Blocked, bool[] Allowed, float[] Additive) Fill(int tokens, int paddedTokens)
    {
        var count = NextTokenMask.Count(paddedTokens);
        var (blocked, allowed, additive) = (new bool[count], new bool[count], new float[count]);
        for (var i = 0; i < count; i++)
            (blocked[i], allowed[i], additive[i]) = (i % 2 == 0, i % 3 == 0, i);

        NextTokenMask.Fill(blocked, tokens, paddedTokens);
        NextTokenMask.Fill(allowed, tokens, paddedTokens, MaskKind.Allowed);
        NextTokenMask.FillAdditive(additive, tokens, paddedTokens);
        return (blocked, allowed, additive);
    }

    /// <summary>The mask, asked for pair by pair.</summary>
    internal static bool[] ByRule(int tokens, int paddedTokens)
    {
        var width = 2 * paddedTokens;
        var mask = new bool[width * width];
        for (var query = 0; query < width; query++)
        {
            for (var key = 0; key < width; key++)
                mask[query * width + key] = NextTokenMask.IsBlocked(query, key, tokens, paddedTokens);
        }

        return mask;
    }
}
