using System.Globalization;
using System.Numerics;

namespace Microsoft.ML.Data;

/// <summary>A 128-bit row id. Derived ids are mixed by rounds of 128-bit MurmurHash3, as the real library does.</summary>
public readonly struct DataViewRowId : IComparable<DataViewRowId>, IEquatable<DataViewRowId>
{
    private const ulong MixLow = 0x87c37b91114253d5;
    private const ulong MixHigh = 0x4cf5ad432745937f;

    public readonly ulong Low;
    public readonly ulong High;

    public DataViewRowId(ulong low, ulong high) => (Low, High) = (low, high);

    /// <summary>32 hexadecimal digits, most significant first.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{High:x16}{Low:x16}");

    public int CompareTo(DataViewRowId other) => (High, Low).CompareTo((other.High, other.Low));

    public bool Equals(DataViewRowId other) => Low == other.Low && High == other.High;

    public override bool Equals(object obj) => obj is DataViewRowId other && Equals(other);

    public override int GetHashCode() => HashCode.Combine(Low, High);

    /// <summary>An id for a row made out of this one.</summary>
    public DataViewRowId Fork()
    {
        DataViewRowId mixed = Round(0, 0);
        return new DataViewRowId(mixed.Low ^ (BitOperations.RotateLeft(MixLow, 31) * MixHigh), mixed.High);
    }

    /// <summary>An id for a second row made out of this one.</summary>
    public DataViewRowId Next() => Round(0, 0);

    /// <summary>An id for a row made out of this one and another one.</summary>
    public DataViewRowId Combine(DataViewRowId other)
    {
        DataViewRowId key = other.Fork();
        return Round(
            BitOperations.RotateLeft(key.Low * MixLow, 31) * MixHigh,
            BitOperations.RotateLeft(key.High * MixHigh, 33) * MixLow);
    }

    private DataViewRowId Round(ulong keyLow, ulong keyHigh)
    {
        ulong low = ((BitOperations.RotateLeft(Low ^ keyLow, 27) + High) * 5) + 0x52dce729;
        ulong high = ((BitOperations.RotateLeft(High ^ keyHigh, 31) + low) * 5) + 0x38495ab5;
        return new DataViewRowId(low, high);
    }
}
