using FsCheck.Fluent;

namespace MlNetNtd.Tests;

/// <summary>The mask rule for sequences whose halves are padded.</summary>
[TestClass]
public sealed class MaskPaddingTests
{
    [TestMethod]
    public void Two_tokens_padded_to_three_look_as_the_picture_in_the_documentation()
    {
        // Positions 2 and 5 are padding: they meet nobody but themselves.
        string[] picture =
        [
            "011111",
            "001111",
            "110111",
            "011011",
            "001101",
            "111110",
        ];
        var mask = new bool[36];
        NextTokenMask.Fill(mask, tokens: 2, paddedTokens: 3);
        Assert.AreEqual(string.Concat(picture), string.Concat(mask.Select(blocked => blocked ? '1' : '0')));
    }

    [TestMethod]
    public void Every_pair_follows_the_table_for_all_lengths_and_paddings_up_to_64()
    {
        for (var padded = 1; padded <= 64; padded++)
        {
            for (var tokens = 1; tokens <= padded; tokens++)
                Expect.Same<bool>(Reference.Blocked(tokens, padded), MaskRuleTests.ByRule(tokens, padded), $"T = {tokens}, P = {padded}.");
        }
    }

    [TestMethod]
    public void Filling_agrees_with_the_rule_in_every_kind_for_all_lengths_and_paddings_up_to_64()
    {
        for (var padded = 1; padded <= 64; padded++)
        {
            for (var tokens = 1; tokens <= padded; tokens++)
            {
                var (blocked, allowed, additive) = MaskRuleTests.Fill(tokens, padded);
                var expected = MaskRuleTests.ByRule(tokens, padded);
                var about = $"T = {tokens}, P = {padded}.";
                Expect.Same<bool>(expected, blocked, about);
                Expect.Same<bool>(Array.ConvertAll(expected, value => !value), allowed, about);
                Expect.SameBits(Array.ConvertAll(expected, value => value ? float.NegativeInfinity : 0f), additive, about);
            }
        }
    }

    [TestMethod]
    public void Rule_without_padding_is_the_plain_rule() => Property.Check(
        from tokens in Gen.Choose(1, 64)
        from query in Gen.Choose(0, 2 * tokens - 1)
        from key in Gen.Choose(0, 2 * tokens - 1)
        select (tokens, query, key),
        pair => Assert.AreEqual(
            NextTokenMask.IsBlocked(pair.query, pair.key, pair.tokens),
            NextTokenMask.IsBlocked(pair.query, pair.key, pair.tokens, pair.tokens)));

    [TestMethod]
    public void Padded_key_is_blocked_for_every_query_but_itself() => Property.Check(
        from padded in Gen.Choose(2, 64)
        from tokens in Gen.Choose(1, padded - 1)
        from half in Gen.Choose(0, 1)
        from place in Gen.Choose(tokens, padded - 1)
        select (tokens, padded, key: half * padded + place),
        one =>
        {
            for (var query = 0; query < 2 * one.padded; query++)
                Assert.AreEqual(query != one.key, NextTokenMask.IsBlocked(query, one.key, one.tokens, one.padded), $"Query {query}.");
        });

    [TestMethod]
    public void Padded_query_may_attend_itself_only() => Property.Check(
        from padded in Gen.Choose(2, 64)
        from tokens in Gen.Choose(1, padded - 1)
        from half in Gen.Choose(0, 1)
        from place in Gen.Choose(tokens, padded - 1)
        select (tokens, padded, query: half * padded + place),
        one =>
        {
            for (var key = 0; key < 2 * one.padded; key++)
                Assert.AreEqual(key != one.query, NextTokenMask.IsBlocked(one.query, key, one.tokens, one.padded), $"Key {key}.");
        });
}
