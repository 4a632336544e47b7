namespace MlNetNtd;

/// <summary>Numbers that look drawn and are functions of whole numbers: of a seed, and of what they are for.</summary>
/// <remarks>The step of SplitMix64 (Steele, Lea and Flood, Fast Splittable Pseudorandom Number Generators, 2014), once for each.</remarks>
internal static class SplitMix64
{
    /// <summary>64 bits of a seed and one number more.</summary>
    public static ulong Hash(int seed, long first) => Step(Step((uint)seed) + (ulong)first);

    /// <summary>64 bits of a seed and two numbers more.</summary>
    public static ulong Hash(int seed, long first, long second) => Step(Hash(seed, first) + (ulong)second);

    /// <summary>64 bits of a seed and three numbers more.</summary>
    public static ulong Hash(int seed, long first, long second, long third) => Step(Hash(seed, first, second) + (ulong)third);

    /// <summary>A number from 0 up to but not including 1.</summary>
    public static double ToUnitInterval(ulong bits) => (bits >> 11) * (1.0 / (1UL << 53));

    private static ulong Step(ulong value)
    {
        value += 0x9E3779B97F4A7C15;
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
        return value ^ (value >> 31);
    }
}
