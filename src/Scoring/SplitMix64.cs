namespace MlNetNtd;

/// <summary>Hashes a seed and further numbers to uniformly distributed bits.</summary>
/// <remarks>
/// Applies the step of SplitMix64 (Steele, Lea and Flood, Fast Splittable Pseudorandom Number Generators, 2014) once for each
/// number.
/// </remarks>
internal static class SplitMix64
{
    /// <summary>Hashes a seed and one number to 64 bits.</summary>
    public static ulong Hash(int seed, long first) => Step(Step((uint)seed) + (ulong)first);

    /// <summary>Hashes a seed and two numbers to 64 bits.</summary>
    public static ulong Hash(int seed, long first, long second) => Step(Hash(seed, first) + (ulong)second);

    /// <summary>Hashes a seed and three numbers to 64 bits.</summary>
    public static ulong Hash(int seed, long first, long second, long third) => Step(Hash(seed, first, second) + (ulong)third);

    /// <summary>Converts bits to a number from 0 up to but not including 1.</summary>
    public static double ToUnitInterval(ulong bits) => (bits >> 11) * (1.0 / (1UL << 53));

    private static ulong Step(ulong value)
    {
        value += 0x9E3779B97F4A7C15;
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
        return value ^ (value >> 31);
    }
}
