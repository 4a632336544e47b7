using System.Numerics;
using FsCheck.Fluent;

namespace MlNetNtd.Tests;

/// <summary>Counter-based dropout masks: any part can be computed alone, and the values look random.</summary>
[TestClass]
public sealed class CounterDropoutMaskTests
{
    [TestMethod]
    public void Longer_mask_begins_with_the_shorter_one() => Property.Check(
        from length in Gen.Choose(0, 100)
        from more in Gen.Choose(1, 100)
        from row in Gen.Choose(0, 1000)
        select (length, more, row),
        one => CollectionAssert.AreEqual(
            Mask(one.length, CounterDropoutMask.Key(1, 2, 3, one.row), 0.4),
            Mask(one.length + one.more, CounterDropoutMask.Key(1, 2, 3, one.row), 0.4)[..one.length]));

    [TestMethod]
    [DataRow(0.1)]
    [DataRow(0.5)]
    [DataRow(0.9)]
    public void Dropped_fraction_equals_the_rate_and_the_rest_is_scaled_up(double share)
    {
        const int count = 100_000;
        var mask = Mask(count, CounterDropoutMask.Key(1, 2, 3, 4), share);

        var left = mask.Count(value => value == 0);

        // Five standard deviations.
        Assert.AreEqual(share * count, left, 5 * Math.Sqrt(count * share * (1 - share)));
        Assert.IsTrue(mask.All(value => value is 0 || value == (float)(1 / (1 - share))));
    }

    /// <summary>Between neighbours, and between the masks of neighbouring seeds, passes, places and rows.</summary>
    [TestMethod]
    public void Values_of_different_keys_and_positions_are_independent()
    {
        const int count = 100_000;
        var one = Mask(count + 1, CounterDropoutMask.Key(1, 2, 3, 4), 0.5);
        (string, float[])[] others =
        [
            ("the next value", one[1..]),
            ("the next seed", Mask(count, CounterDropoutMask.Key(2, 2, 3, 4), 0.5)),
            ("the next pass", Mask(count, CounterDropoutMask.Key(1, 3, 3, 4), 0.5)),
            ("the next place", Mask(count, CounterDropoutMask.Key(1, 2, 4, 4), 0.5)),
            ("the next row", Mask(count, CounterDropoutMask.Key(1, 2, 3, 5), 0.5)),
        ];

        foreach (var (what, other) in others)
        {
            var alike = Enumerable.Range(0, count).Count(i => one[i] == other[i]);
            Assert.AreEqual(count / 2, alike, 5 * Math.Sqrt(count) / 2, what);
        }
    }

    /// <summary>Vectors and what remains of them alike: lengths around those of vectors, and keys that differ in one half only.</summary>
    [TestMethod]
    [DataRow(0x0000_0000_0000_0000UL)]
    [DataRow(0x0000_0000_FFFF_FFFEUL)]
    [DataRow(0x0000_0001_0000_0000UL)]
    [DataRow(0xFFFF_FFFF_0000_0000UL)]
    [DataRow(0x0123_4567_89AB_CDEFUL)]
    public void Value_is_decided_by_the_hash_of_key_and_position(ulong key)
    {
        foreach (var share in new[] { 0, 0.1, 0.5, 0.9 })
        {
            for (var length = 0; length <= 3 * Vector<float>.Count + 1; length++)
            {
                var expected = Enumerable.Range(0, length).Select(i => Hash(key, (uint)i) < (uint)(share * uint.MaxValue) ? 0 : (float)(1 / (1 - share)));
                CollectionAssert.AreEqual(expected.ToArray(), Mask(length, key, share), $"{length} values, {share}");
            }
        }
    }

    [TestMethod]
    public void Hash_at_the_threshold_is_kept_and_the_one_below_is_dropped()
    {
        const ulong key = 0x0123_4567_89AB_CDEF;
        var length = 2 * Vector<float>.Count - 1;
        foreach (var place in new[] { 0, 1, length - 1 })
        {
            var hash = Hash(key, (uint)place);
            Assert.AreEqual(hash, (uint)((hash + 0.5) / uint.MaxValue * uint.MaxValue));

            Assert.AreNotEqual(0, Mask(length, key, (hash + 0.5) / uint.MaxValue)[place], $"Value {place}");
            Assert.AreEqual(0, Mask(length, key, (hash + 1.5) / uint.MaxValue)[place], $"Value {place}");
        }
    }

    // Written out once more, value by value.
    private static uint Hash(ulong key, uint place)
    {
        var (low, high) = ((uint)(key & uint.MaxValue), (uint)(key / (1UL << 32)));
        var hash = unchecked(place + low);
        hash = unchecked((hash ^ (hash / (1u << 16))) * 0x21F0AAADu);
        hash = unchecked((hash ^ high ^ (hash / (1u << 15))) * 0xD35A2D97u);
        return hash ^ (hash / (1u << 15));
    }

    private static float[] Mask(int count, ulong key, double share)
    {
        var values = new float[count];
        CounterDropoutMask.Fill(values, key, share);
        return values;
    }
}
