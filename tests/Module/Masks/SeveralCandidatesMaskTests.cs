using static TorchSharp.torch;

namespace MlNetNtd.Tests;

/// <summary>The mask rule for several candidates of each token.</summary>
[TestClass]
public sealed class SeveralCandidatesMaskTests
{
    [TestMethod]
    public void Rule_equals_the_definition_for_all_small_lengths() => ForEach((tokens, padded, candidates) =>
    {
        var width = padded + candidates * padded;
        for (var query = 0; query < width; query++)
        {
            for (var key = 0; key < width; key++)
            {
                if (IsBlocked(query, key, tokens, padded, candidates) != NextTokenMask.IsBlocked(query, key, tokens, padded, candidates))
                    Assert.Fail($"T = {tokens}, P = {padded}, K = {candidates}, query {query}, key {key}.");
            }
        }
    });

    [TestMethod]
    public void Filling_and_matching_agree_with_the_rule() => ForEach((tokens, padded, candidates) =>
    {
        var expected = ByRule(tokens, padded, candidates);
        var (blocked, allowed, additive) = (new bool[expected.Length], new bool[expected.Length], new float[expected.Length]);
        NextTokenMask.Fill(blocked, tokens, padded, MaskKind.Blocked, candidates);
        NextTokenMask.Fill(allowed, tokens, padded, MaskKind.Allowed, candidates);
        NextTokenMask.FillAdditive(additive, tokens, padded, candidates);

        Expect.Same<bool>(expected, blocked);
        Expect.Same<bool>([.. expected.Select(value => !value)], allowed);
        Expect.SameBits([.. expected.Select(value => value ? float.NegativeInfinity : 0f)], additive);
        Assert.IsTrue(NextTokenMask.TryMatch<bool>(blocked, padded, blocked: true, allowed: false, out var found, candidates));
        Assert.AreEqual(tokens, found);
    });

    [TestMethod]
    public void Mask_with_any_changed_value_does_not_match()
    {
        var mask = ByRule(tokens: 2, padded: 3, candidates: 3);
        for (var i = 0; i < mask.Length; i++)
        {
            mask[i] ^= true;
            Assert.IsFalse(NextTokenMask.TryMatch<bool>(mask, 3, blocked: true, allowed: false, out _, candidatesPerToken: 3), $"Value {i}.");
            mask[i] ^= true;
        }
    }

    [TestMethod]
    public void One_candidate_is_the_default() => ForEach((tokens, padded, _) =>
        Expect.Same<bool>(MaskRuleTests.ByRule(tokens, padded), ByRule(tokens, padded, candidates: 1)));

    [TestMethod]
    public void Longest_mask_fits_an_array_and_one_token_more_does_not()
    {
        foreach (var candidates in new[] { 1, 2, 7, 1024 })
        {
            long longest = NextTokenMask.GetMaxTokens(candidates);
            Assert.AreEqual((1 + candidates) * longest * (1 + candidates) * longest, NextTokenMask.Count((int)longest, candidates));
            Assert.IsGreaterThan(Array.MaxLength, (1 + candidates) * (longest + 1) * (1 + candidates) * (longest + 1));
            Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => NextTokenMask.Count((int)longest + 1, candidates));
        }

        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => NextTokenMask.Count(1, 0));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => NextTokenMask.IsBlocked(0, 8, 2, 2, candidatesPerToken: 3));
    }

    [TestMethod]
    public void Module_writes_the_context_then_the_candidates_of_each_token()
    {
        using var scope = NewDisposeScope();
        using var module = new NextTokenDiscriminator(embDim: 2, maxTsz: 4);
        module.SetInitialEmbedding([7, 8]);
        var (prev, curr) = (arange(2 * 3 * 2, dtype: ScalarType.Float32).view(2, 3, 2), arange(100, 100 + 2 * 6 * 2, dtype: ScalarType.Float32).view(2, 6, 2));

        var (sequences, mask) = module.forward(prev, curr, candidatesPerToken: 2);

        Expect.Same<long>([2, 9, 2], sequences.shape);
        Expect.SameBits([7, 8, 0, 1, 2, 3, .. Enumerable.Range(100, 12).Select(value => (float)value)], sequences[0].data<float>().ToArray());
        Expect.Same<bool>(ByRule(3, 3, 2), mask.data<bool>().ToArray());
    }

    [TestMethod]
    public void Module_rejects_other_numbers_of_candidates()
    {
        using var scope = NewDisposeScope();
        using var module = new NextTokenDiscriminator(embDim: 2, maxTsz: 4);

        var error = Assert.ThrowsExactly<ArgumentException>(() => module.forward(zeros(1, 3, 2), zeros(1, 7, 2), candidatesPerToken: 2));

        Assert.StartsWith("curr: expected (1, 6, 2), 2 candidates for each token of prev, (1, 3, 2), found (1, 7, 2).", error.Message);
        Assert.ThrowsExactly<ArgumentException>(() => module.forward(zeros(1, 3, 2), zeros(1, 6, 2)));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => module.forward(zeros(1, 3, 2), zeros(1, 3, 2), candidatesPerToken: 0));
    }

    private static void ForEach(Action<int, int, int> act)
    {
        for (var padded = 1; padded <= 4; padded++)
        {
            for (var tokens = 1; tokens <= padded; tokens++)
            {
                for (var candidates = 1; candidates <= 4; candidates++)
                    act(tokens, padded, candidates);
            }
        }
    }

    private static bool[] ByRule(int tokens, int padded, int candidates)
    {
        var width = padded + candidates * padded;
        return [.. Enumerable.Range(0, width * width).Select(i => NextTokenMask.IsBlocked(i / width, i % width, tokens, padded, candidates))];
    }

    // What the words say: context sees the context up to itself; a candidate sees the context before its token, and itself.
    private static bool IsBlocked(int query, int key, int tokens, int padded, int candidates)
    {
        var (queryTime, keyTime) = (Time(query), Time(key));
        if (queryTime >= tokens || keyTime >= tokens)
            return query != key;
        return key >= padded ? key != query : keyTime > queryTime;

        int Time(int position) => position < padded ? position : (position - padded) / candidates;
    }
}
