namespace MlNetNtd.Tests;

/// <summary>Arguments that the mask helper refuses.</summary>
[TestClass]
public sealed class MaskErrorTests
{
    [TestMethod]
    [DataRow(-1, 0, "query")]
    [DataRow(6, 0, "query")]
    [DataRow(0, -1, "key")]
    [DataRow(0, 6, "key")]
    public void Position_outside_the_sequence_is_refused(int query, int key, string parameter)
    {
        var thrown = Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => NextTokenMask.IsBlocked(query, key, 3));
        Assert.AreEqual(parameter, thrown.ParamName);
    }

    [TestMethod]
    [DataRow(0)]
    [DataRow(-3)]
    public void Length_that_is_not_positive_is_refused(int tokens)
    {
        Assert.AreEqual("tokens", Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => NextTokenMask.IsBlocked(0, 0, tokens)).ParamName);
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => NextTokenMask.Count(tokens));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => NextTokenMask.Fill(new bool[4], tokens, 1));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => NextTokenMask.FillAdditive(new float[4], tokens, 1));
    }

    [TestMethod]
    public void Padded_length_shorter_than_the_sequence_is_refused()
    {
        Assert.AreEqual("paddedTokens", Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => NextTokenMask.IsBlocked(0, 0, 3, 2)).ParamName);
        Assert.AreEqual("paddedTokens", Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => NextTokenMask.Fill(new bool[16], 3, 2)).ParamName);
    }

    [TestMethod]
    public void Mask_that_would_not_fit_one_array_is_refused() =>
        Assert.AreEqual(
            "paddedTokens",
            Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => NextTokenMask.Count(NextTokenMask.MaxTokens + 1)).ParamName);

    [TestMethod]
    [DataRow(35)]
    [DataRow(37)]
    public void Destination_of_another_length_is_refused(int length)
    {
        var message = $"The mask of 3 tokens has 36 values; the destination has {length}.";
        Expect.Error<ArgumentException>(message, () => NextTokenMask.Fill(new bool[length], 2, 3));
        Expect.Error<ArgumentException>(message, () => NextTokenMask.FillAdditive(new float[length], 2, 3));
    }

    [TestMethod]
    public void Boolean_mask_cannot_be_additive() =>
        Expect.Error<ArgumentException>(
            "A Boolean mask is Blocked or Allowed, not Additive.", () => NextTokenMask.Fill(new bool[36], 3, 3, MaskKind.Additive));
}
