using System.Numerics;
using Microsoft.ML.Runtime;

namespace Microsoft.ML;

/// <summary>Makes the generators of hosts: the same seed gives the same numbers as the real library.</summary>
internal static class RandomUtils
{
    public static TauswortheHybrid Create() => new(new Random());

    public static TauswortheHybrid Create(int? seed) => seed is int value ? Create(value) : Create();

    public static TauswortheHybrid Create(int seed)
    {
        uint start = (uint)seed;
        uint second = Scramble(start, start);
        uint third = Scramble(second, start);
        return new TauswortheHybrid(start, second, third, Scramble(third, start));
    }

    public static TauswortheHybrid Create(Random seed) => new(seed);

    /// <summary>One round of 32-bit MurmurHash3.</summary>
    private static uint Scramble(uint hash, uint chunk)
    {
        uint mixed = BitOperations.RotateLeft(chunk * 0xCC9E2D51, 15) * 0x1B873593;
        return (BitOperations.RotateLeft(hash ^ mixed, 13) * 5) + 0xE6546B64;
    }
}

/// <summary>Three Tausworthe generators and a linear congruential one, combined (GPU Gems 3, chapter 37).</summary>
internal sealed class TauswortheHybrid : Random
{
    private uint _first;
    private uint _second;
    private uint _third;
    private uint _linear;

    public TauswortheHybrid(uint first, uint second, uint third, uint linear)
        => (_first, _second, _third, _linear) = (first, second, third, linear);

    public TauswortheHybrid(Random rng)
    {
        _first = DrawSeed(rng);
        _second = DrawSeed(rng);
        _third = DrawSeed(rng);
        _linear = Draw(rng);
    }

    public override double NextDouble() => Step() / 4294967296.0;

    public override int Next()
    {
        uint bits = Step();
        return (int)(bits + (bits & 0x80000000));
    }

    public override int Next(int maxValue)
    {
        Contracts.CheckParam(maxValue >= 0, nameof(maxValue), "maxValue must be non-negative");
        return (int)(((ulong)Step() * (ulong)maxValue) >> 32);
    }

    public override int Next(int minValue, int maxValue)
    {
        Contracts.CheckParam(minValue <= maxValue, nameof(minValue), "minValue must be less than or equal to maxValue.");
        return (int)((long)(NextDouble() * ((long)maxValue - minValue)) + minValue);
    }

    public override void NextBytes(byte[] buffer)
    {
        Contracts.CheckValue(buffer, nameof(buffer));
        for (int i = 0; i < buffer.Length; i++)
            buffer[i] = (byte)Next();
    }

    public int NextSigned() => (int)Step();

    protected override double Sample() => NextDouble();

    private uint Step()
    {
        _first = Tausworthe(_first, 13, 19, 12, 0xFFFFFFFE);
        _second = Tausworthe(_second, 2, 25, 4, 0xFFFFFFF8);
        _third = Tausworthe(_third, 3, 11, 17, 0xFFFFFFF0);
        _linear = (_linear * 1664525) + 1013904223;
        return _first ^ _second ^ _third ^ _linear;
    }

    private static uint Tausworthe(uint state, int left, int right, int shift, uint mask)
        => ((state & mask) << shift) ^ (((state << left) ^ state) >> right);

    private static uint Draw(Random rng) => ((uint)rng.Next(1 << 16) << 16) | (uint)rng.Next(1 << 16);

    private static uint DrawSeed(Random rng)
    {
        uint drawn;
        do
            drawn = Draw(rng);
        while (drawn < 128);
        return drawn;
    }
}
