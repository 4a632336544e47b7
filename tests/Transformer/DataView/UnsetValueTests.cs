namespace MlNetNtd.Tests;

/// <summary>Values that stand for null where JSON would lose it.</summary>
[TestClass]
public sealed class UnsetValueTests
{
    [TestMethod]
    public void Unset_value_becomes_null_and_every_other_value_stays()
    {
        Assert.IsNull(UnsetValue.ToNull(""));
        Assert.AreEqual(" ", UnsetValue.ToNull(" "));
        Assert.IsNull(UnsetValue.ToNull((int?)0));
        Assert.AreEqual(-1, UnsetValue.ToNull((int?)-1));
        Assert.IsNull(UnsetValue.ToNull((long?)0));
        Assert.AreEqual(1L, UnsetValue.ToNull((long?)1));
        Assert.IsNull(UnsetValue.ToNull((double?)0));
        Assert.AreEqual(0.5, UnsetValue.ToNull((double?)0.5));
        Assert.IsNull(UnsetValue.ToNull((float[])[]));
        Assert.IsNull(UnsetValue.ToNull((float[]?)null));
    }

    [TestMethod]
    public void Values_are_copied()
    {
        float[] values = [1, 2];

        var copy = UnsetValue.ToNull(values);

        CollectionAssert.AreEqual(values, copy);
        Assert.AreNotSame(values, copy);
    }
}
