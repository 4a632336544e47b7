using FsCheck;
using FsCheck.Fluent;

namespace MlNetNtd.Tests;

/// <summary>A mask is recognized as the rule by its values.</summary>
[TestClass]
public sealed class MaskMatchTests
{
    private static Gen<(int Tokens, int Padded, int Place)> Cases =>
        from padded in Gen.Choose(1, 20)
        from tokens in Gen.Choose(1, padded)
        from place in Gen.Choose(0, 4 * padded * padded - 1)
        select (tokens, padded, place);

    [TestMethod]
    public void Mask_of_the_rule_matches_and_gives_T() => Property.Check(Cases, one =>
    {
        var flags = new bool[NextTokenMask.Count(one.Padded)];
        NextTokenMask.Fill(flags, one.Tokens, one.Padded);
        Assert.IsTrue(NextTokenMask.TryMatch<bool>(flags, one.Padded, blocked: true, allowed: false, out var tokens));
        Assert.AreEqual(one.Tokens, tokens);

        var additive = new float[flags.Length];
        NextTokenMask.FillAdditive(additive, one.Tokens, one.Padded);
        Assert.IsTrue(NextTokenMask.TryMatch(additive, one.Padded, float.NegativeInfinity, 0f, out tokens));
        Assert.AreEqual(one.Tokens, tokens);
    });

    [TestMethod]
    public void Mask_with_one_changed_value_does_not_match() => Property.Check(Cases, one =>
    {
        var flags = new bool[NextTokenMask.Count(one.Padded)];
        NextTokenMask.Fill(flags, one.Tokens, one.Padded);
        flags[one.Place] ^= true;

        Assert.IsFalse(NextTokenMask.TryMatch<bool>(flags, one.Padded, blocked: true, allowed: false, out var tokens));
        Assert.AreEqual(0, tokens);
    }, count: 500);

    [TestMethod]
    public void Inverted_mask_does_not_match() => Property.Check(Cases, one =>
    {
        var flags = new bool[NextTokenMask.Count(one.Padded)];
        NextTokenMask.Fill(flags, one.Tokens, one.Padded, MaskKind.Allowed);

        Assert.IsFalse(NextTokenMask.TryMatch<bool>(flags, one.Padded, blocked: true, allowed: false, out _));
        Assert.IsTrue(NextTokenMask.TryMatch<bool>(flags, one.Padded, blocked: false, allowed: true, out var tokens));
        Assert.AreEqual(one.Tokens, tokens);
    });

    [TestMethod]
    public void Mask_of_another_size_does_not_match()
    {
        Assert.IsFalse(NextTokenMask.TryMatch<bool>(new bool[35], 3, true, false, out _));
        Assert.IsFalse(NextTokenMask.TryMatch<bool>([], 3, true, false, out _));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => NextTokenMask.TryMatch<bool>([], 0, true, false, out _));
    }
}
