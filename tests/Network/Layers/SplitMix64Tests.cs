namespace MlNetNtd.Tests;

/// <summary>Hashes by SplitMix64, whose outputs for a seed are published.</summary>
[TestClass]
public sealed class SplitMix64Tests
{
    private const ulong Golden = 0x9E3779B97F4A7C15;

    // The state 0 gives these, one after another.
    private static readonly ulong[] OfZero =
        [0xE220A8397B1DCDAF, 0x6E789E6AA1B965F4, 0x06C45D188009454F, 0xF88BB8A8724C81EC, 0x1B39896A51A8749B];

    [TestMethod]
    public void Step_is_that_of_SplitMix64()
    {
        for (var i = 0; i < OfZero.Length; i++)
            Assert.AreEqual(OfZero[i], Step((ulong)i * Golden), $"Output {i}");
        Assert.AreEqual(6457827717110365317UL, Step(1234567));
        Assert.AreEqual(3203168211198807973UL, Step(unchecked(1234567 + Golden)));
    }

    /// <summary>Each number is added to what those before gave, and a step made of the sum.</summary>
    [TestMethod]
    [DataRow(0)]
    [DataRow(1234567)]
    [DataRow(-1)]
    public void Each_hashed_number_adds_one_step(int seed)
    {
        const long first = 7, second = -11, third = 13;

        Assert.AreEqual(Step(Step((uint)seed) + first), SplitMix64.Hash(seed, first));
        Assert.AreEqual(Step(unchecked(SplitMix64.Hash(seed, first) + (ulong)second)), SplitMix64.Hash(seed, first, second));
        Assert.AreEqual(Step(SplitMix64.Hash(seed, first, second) + third), SplitMix64.Hash(seed, first, second, third));
    }

    [TestMethod]
    public void Hashes_differ_where_any_number_differs()
    {
        ulong[] all =
        [
            SplitMix64.Hash(1, 2), SplitMix64.Hash(2, 2), SplitMix64.Hash(1, 3),
            SplitMix64.Hash(1, 2, 3), SplitMix64.Hash(2, 2, 3), SplitMix64.Hash(1, 3, 3), SplitMix64.Hash(1, 2, 4),
            SplitMix64.Hash(1, 2, 3, 4), SplitMix64.Hash(2, 2, 3, 4), SplitMix64.Hash(1, 3, 3, 4), SplitMix64.Hash(1, 2, 4, 4), SplitMix64.Hash(1, 2, 3, 5), SplitMix64.Hash(1, 2, 3, -4),
        ];

        CollectionAssert.AllItemsAreUnique(all);
    }

    [TestMethod]
    public void Unit_interval_includes_0_and_excludes_1()
    {
        Assert.AreEqual(0.0, SplitMix64.ToUnitInterval(0));
        Assert.AreEqual(0.5, SplitMix64.ToUnitInterval(1UL << 63));
        Assert.AreEqual(1 - Math.ScaleB(1, -53), SplitMix64.ToUnitInterval(ulong.MaxValue));
    }

    // One step, by way of a number that brings the sum, which a second step is made of, to this state.
    private static ulong Step(ulong state) => SplitMix64.Hash(0, unchecked((long)(state - OfZero[0])));
}
