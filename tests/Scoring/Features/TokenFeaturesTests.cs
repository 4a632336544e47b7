namespace MlNetNtd.Tests;

/// <summary>What <see cref="TokenFeatures"/> accept, and what they say of the rest.</summary>
[TestClass]
public sealed class TokenFeaturesTests
{
    [TestMethod]
    public void Delegate_of_the_user_s_sees_context_and_token_and_may_leave_zeros_out()
    {
        var features = new TokenFeatures(3, (context, token, values) => (values[0], values[2]) = (context.Length, token));
        var values = new float[] { 7, 7, 7 };

        features.Compute([4, 5], 6, values);

        CollectionAssert.AreEqual(new float[] { 2, 0, 6 }, values);
    }

    [TestMethod]
    public void Wrong_arguments_are_named()
    {
        Expect.Error<ArgumentException>(
            "sequences: sequence 1, token 0: expected an id from 0 to 2 (vocabularySize), found 3.", () => TokenFeatures.FromNGrams([[0, 1], [3]], vocabularySize: 3));
        Expect.Error<ArgumentException>("sequences: sequence 0: expected token ids, found null.", () => TokenFeatures.FromNGrams([null!], 3));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => TokenFeatures.FromNGrams([[0]], 0));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => TokenFeatures.FromNGrams([[0]], 3, n: 5));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => new TokenFeatures(0, (_, _, _) => { }));
    }

    [TestMethod]
    public void Length_and_ids_that_do_not_fit_are_named()
    {
        var features = TokenFeatures.FromNGrams([[0, 1, 2]], vocabularySize: 3, n: 1);
        var values = new float[5];

        Expect.Error<ArgumentException>("features: expected 5 values (Count), found 4.", () => features.Compute([], 0, new float[4]));
        Expect.Error<ArgumentException>("context: expected ids from 0 to 2 (vocabularySize), found 3 at position 1.", () => features.Compute([0, 3], 0, values));
        Expect.Error<ArgumentException>("token: expected an id from 0 to 2 (vocabularySize), found -1.", () => features.Compute([0], -1, values));
    }
}
