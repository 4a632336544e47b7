using FsCheck.Fluent;
using MlNetNtd.Tests;

namespace MlNetNtd.Discriminator.Tests;

/// <summary>Masks by counting: any part of one can be had alone, and they look like chance.</summary>
[TestClass]
public sealed class DropoutMaskTests
{
    [TestMethod]
    public void A_longer_mask_begins_with_the_shorter() => Properties.Hold(
        from length in Gen.Choose(0, 100)
        from more in Gen.Choose(1, 100)
        from row in Gen.Choose(0, 1000)
        select (length, more, row),
        one => CollectionAssert.AreEqual(
            Mask(one.length, DropoutMask.Key(1, 2, 3, one.row), 0.4),
            Mask(one.length + one.more, DropoutMask.Key(1, 2, 3, one.row), 0.4)[..one.length]));

    [TestMethod]
    [DataRow(0.1)]
    [DataRow(0.5)]
    [DataRow(0.9)]
    public void The_share_is_left_out_and_the_rest_makes_up_for_it(double share)
    {
        const int count = 100_000;
        var mask = Mask(count, DropoutMask.Key(1, 2, 3, 4), share);

        var left = mask.Count(value => value == 0);

        // Five standard deviations.
        Assert.AreEqual(share * count, left, 5 * Math.Sqrt(count * share * (1 - share)));
        Assert.IsTrue(mask.All(value => value is 0 || value == (float)(1 / (1 - share))));
    }

    /// <summary>Between neighbours, and between the masks of neighbouring seeds, passes, places and rows.</summary>
    [TestMethod]
    public void Nothing_goes_together()
    {
        const int count = 100_000;
        var one = Mask(count + 1, DropoutMask.Key(1, 2, 3, 4), 0.5);
        (string, float[])[] others =
        [
            ("the next value", one[1..]),
            ("the next seed", Mask(count, DropoutMask.Key(2, 2, 3, 4), 0.5)),
            ("the next pass", Mask(count, DropoutMask.Key(1, 3, 3, 4), 0.5)),
            ("the next place", Mask(count, DropoutMask.Key(1, 2, 4, 4), 0.5)),
            ("the next row", Mask(count, DropoutMask.Key(1, 2, 3, 5), 0.5)),
        ];

        foreach (var (what, other) in others)
        {
            var alike = Enumerable.Range(0, count).Count(i => one[i] == other[i]);
            Assert.AreEqual(count / 2, alike, 5 * Math.Sqrt(count) / 2, what);
        }
    }

    private static float[] Mask(int count, ulong key, double share)
    {
        var values = new float[count];
        DropoutMask.Fill(values, key, share);
        return values;
    }
}
