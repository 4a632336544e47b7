using FsCheck;
using FsCheck.Fluent;

namespace MlNetNtd.Tests;

/// <summary>Damage of any kind is refused with the documented exception, or is harmless.</summary>
[TestClass]
public sealed class DamageTests
{
    private const long MuchBytes = 64 << 20;

    private static readonly byte[][] Models = [InspectedModels.Stage(), InspectedModels.Chain(), InspectedModels.WithLoader()];

    private static readonly Gen<(int Model, int Place, int Bit)> Places =
        from model in Gen.Choose(0, Models.Length - 1)
        from place in Gen.Choose(0, int.MaxValue - 1)
        from bit in Gen.Choose(0, 7)
        select (model, place, bit);

    [TestMethod]
    public void Flipped_bit_of_the_zip_is_refused_or_harmless() => Property.Check(
        Places,
        one =>
        {
            var zip = (byte[])Models[one.Model].Clone();
            Flip(zip, one.Place, one.Bit);
            Passes(zip);
        },
        count: 3000);

    [TestMethod]
    public void Zip_truncated_anywhere_is_refused() => Property.Check(
        Places,
        one =>
        {
            var zip = Models[one.Model];
            Assert.IsFalse(Passes(zip[..(one.Place % zip.Length)]));
        },
        count: 500);

    [TestMethod]
    public void Flipped_bit_with_a_valid_checksum_is_refused_or_harmless() => Property.Check(
        Places,
        one =>
        {
            var entries = Zips.Read(Models[one.Model]);
            var (_, bytes) = entries[one.Place % entries.Count];
            Flip(bytes, one.Place / entries.Count, one.Bit);
            Passes(Zips.Write(entries));
        },
        count: 2000);

    /// <summary>Were anything missed that ML.NET reads for ever, this would not end.</summary>
    [TestMethod]
    public void Schema_with_a_flipped_bit_that_passes_is_read_or_refused_by_MLNet() => Property.Check(
        Places,
        one =>
        {
            var zip = Models[1];
            var schema = Zips.Entry(zip, "Schema");
            Flip(schema, one.Place, one.Bit);
            zip = Zips.With(zip, "Schema", schema);
            if (Passes(zip))
                Loads(zip);
        },
        count: 1000);

    private static void Flip(byte[] bytes, int place, int bit) => bytes[place % bytes.Length] ^= (byte)(1 << bit);

    private static bool Passes(byte[] zip)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        var passes = true;
        try
        {
            InspectedModels.Inspect(zip);
        }
        catch (ModelFileException)
        {
            passes = false;
        }

        Assert.IsLessThan(MuchBytes, GC.GetAllocatedBytesForCurrentThread() - before);
        return passes;
    }

    private static void Loads(byte[] zip)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            SavedModels.Load(zip);
        }
        catch (Exception e) when (e is FormatException or InvalidOperationException or ArgumentException or EndOfStreamException)
        {
        }

        Assert.IsLessThan(MuchBytes, GC.GetAllocatedBytesForCurrentThread() - before);
    }
}
