using FsCheck.Fluent;

namespace MlNetNtd.Tests;

/// <summary>The hash that identifies a row.</summary>
[TestClass]
public sealed class RowHashTests
{
    private static readonly AttentionMask Mask = AttentionMask.Create(new float[16]);

    [TestMethod]
    public void Hash_covers_everything_in_a_row()
    {
        var row = Row();
        SequenceRow[] others =
        [
            row with { PaddedTokens = 4 },
            row with { Tokens = 1 },
            row with { Labels = [true, true] },
            row with { Labels = [true] },
            row with { Labels = [] },
            row with { Weight = 2 },
            row with { Number = 8 },
            row with { Mask = Mask },
            row with { Mask = AttentionMask.Create([0, float.NegativeInfinity, .. new float[14]]) },
            .. Enumerable.Range(0, row.Values.Length).Select(i => row with { Values = [.. row.Values.Select((value, at) => at == i ? value + 1e-6f : value)] }),
        ];

        Assert.AreEqual(RowHash.Hash(row), RowHash.Hash(Row()));
        Assert.HasCount(others.Length + 1, others.Append(row).Select(RowHash.Hash).Distinct().ToList());
    }

    /// <summary>Whatever the length: eight bytes, sixteen, and what is left behind them.</summary>
    [TestMethod]
    public void Hash_depends_on_each_byte_and_its_position() => Property.Check(
        Gen.Choose(0, 70).SelectMany(length => Gen.Choose(0, 255).Select(value => (byte)value).ArrayOf(length)),
        bytes =>
        {
            var hash = RowHash.Hash(bytes);
            Assert.AreEqual(hash, RowHash.Hash([.. bytes]));
            Assert.AreNotEqual(hash, RowHash.Hash([.. bytes, 0]));
            for (var i = 0; i < bytes.Length; i++)
            {
                var other = bytes.ToArray();
                other[i] ^= (byte)(1 << (i % 8));
                Assert.AreNotEqual(hash, RowHash.Hash(other));
                if (i == 0 || bytes[i] == bytes[i - 1])
                    continue;
                other = [.. bytes];
                (other[i], other[i - 1]) = (other[i - 1], other[i]);
                Assert.AreNotEqual(hash, RowHash.Hash(other));
            }
        });

    /// <summary>Checkpoints and other processes know rows by it: the same on every machine and in every version.</summary>
    [TestMethod]
    public void Hash_value_is_stable()
    {
        byte[] bytes = [.. Enumerable.Range(0, 37).Select(i => (byte)(7 * i))];

        Assert.AreEqual(0xFFFFFFFF00000000, RowHash.Hash([]));
        Assert.AreEqual(Reference(bytes), RowHash.Hash(bytes));
        Assert.AreNotEqual(RowHash.Combine(1, 2), RowHash.Combine(2, 1));
    }

    // CRC-32C, a bit at a time: of every second eight bytes each, and of what is left.
    private static ulong Reference(byte[] bytes)
    {
        var (even, odd) = ((uint)bytes.Length, ~(uint)bytes.Length);
        for (var i = 0; i < 32; i++)
        {
            if (i / 8 % 2 == 0)
                even = Step(even, bytes[i]);
            else
                odd = Step(odd, bytes[i]);
        }

        foreach (var last in bytes[32..])
            (even, odd) = (Step(even, last), Step(odd, (byte)~last));
        return (ulong)odd << 32 | even;

        static uint Step(uint crc, byte value)
        {
            crc ^= value;
            for (var bit = 0; bit < 8; bit++)
                crc = (crc >> 1) ^ ((crc & 1) == 1 ? 0x82F63B78 : 0);
            return crc;
        }
    }

    private static SequenceRow Row() => new([.. Enumerable.Range(0, 16).Select(i => i / 3f)], 2, null, 2, [true, false], 1, 7);
}
