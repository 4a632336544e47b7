namespace MlNetNtd.Tests;

/// <summary>The value that says "none" where null would be lost.</summary>
[TestClass]
public sealed class NoneTests
{
    [TestMethod]
    public void It_is_null_and_every_other_value_is_itself()
    {
        Assert.IsNull(None.OrName(""));
        Assert.AreEqual(" ", None.OrName(" "));
        Assert.IsNull(None.OrNumber((int?)0));
        Assert.AreEqual(-1, None.OrNumber((int?)-1));
        Assert.IsNull(None.OrNumber((long?)0));
        Assert.AreEqual(1L, None.OrNumber((long?)1));
        Assert.IsNull(None.OrNumber((double?)0));
        Assert.AreEqual(0.5, None.OrNumber((double?)0.5));
        Assert.IsNull(None.OrValues([]));
        Assert.IsNull(None.OrValues(null));
    }

    [TestMethod]
    public void Values_are_copied()
    {
        float[] values = [1, 2];

        var copy = None.OrValues(values);

        CollectionAssert.AreEqual(values, copy);
        Assert.AreNotSame(values, copy);
    }
}
