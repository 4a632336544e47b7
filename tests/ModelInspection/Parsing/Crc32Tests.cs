namespace MlNetNtd.Tests;

/// <summary>The checksum of a zip's entries.</summary>
[TestClass]
public sealed class Crc32Tests
{
    [TestMethod]
    public void Checksum_is_that_of_the_standard() => Assert.AreEqual(0xCBF43926u, Crc32.Append(0, "123456789"u8));

    [TestMethod]
    public void Checksum_of_any_length_equals_the_bitwise_one_and_that_of_its_parts()
    {
        var random = new Random(1);
        for (var length = 0; length < 70; length++)
        {
            var bytes = new byte[length];
            random.NextBytes(bytes);
            var cut = random.Next(length + 1);

            Assert.AreEqual(BitAfterBit(bytes), Crc32.Append(0, bytes), $"{length} bytes");
            Assert.AreEqual(BitAfterBit(bytes), Crc32.Append(Crc32.Append(0, bytes.AsSpan(0, cut)), bytes.AsSpan(cut)), $"{cut} of {length} bytes");
        }
    }

    private static uint BitAfterBit(byte[] bytes)
    {
        var crc = uint.MaxValue;
        foreach (var value in bytes)
        {
            crc ^= value;
            for (var bit = 0; bit < 8; bit++)
                crc = (crc & 1) == 0 ? crc >> 1 : (crc >> 1) ^ 0xEDB88320;
        }

        return ~crc;
    }
}
