namespace TorchSharp.Internal;

/// <summary>
/// The Mersenne Twister by Matsumoto and Nishimura (32 bits, period 2^19937 - 1), the generator of libtorch on
/// the CPU: equal seeds give equal draws.
/// </summary>
internal sealed class Mt19937
{
    private const int Size = 624;
    private const int Middle = 397;

    private readonly uint[] _state = new uint[Size];
    private int _next = Size;

    public Mt19937(ulong seed)
    {
        Seed = seed;
        _state[0] = (uint)seed;
        for (var i = 1; i < Size; i++)
            _state[i] = (1812433253u * (_state[i - 1] ^ (_state[i - 1] >> 30))) + (uint)i;
    }

    public ulong Seed { get; }

    public uint Next32()
    {
        if (_next == Size)
            Refill();

        var y = _state[_next++];
        y ^= y >> 11;
        y ^= (y << 7) & 0x9d2c5680u;
        y ^= (y << 15) & 0xefc60000u;
        return y ^ (y >> 18);
    }

    public ulong Next64()
    {
        ulong high = Next32();
        return (high << 32) | Next32();
    }

    /// <summary>In [0, 1), with the 11 bits a half holds.</summary>
    public float NextHalf() => (Next32() & ((1u << 11) - 1)) * (1f / (1u << 11));

    /// <summary>In [0, 1), with the 24 bits a float holds.</summary>
    public float NextSingle() => (Next32() & ((1u << 24) - 1)) * (1f / (1u << 24));

    /// <summary>In [0, 1), with the 53 bits a double holds.</summary>
    public double NextDouble() => (Next64() & ((1ul << 53) - 1)) * (1d / (1ul << 53));

    private static uint Twist(uint high, uint low)
    {
        var y = (high & 0x80000000u) | (low & 0x7fffffffu);
        return (y >> 1) ^ (0x9908b0dfu & (0u - (y & 1)));
    }

    private void Refill()
    {
        var state = _state.AsSpan(0, Size);
        for (var i = 0; i < Size - Middle; i++)
            state[i] = state[i + Middle] ^ Twist(state[i], state[i + 1]);
        for (var i = Size - Middle; i < Size - 1; i++)
            state[i] = state[i + Middle - Size] ^ Twist(state[i], state[i + 1]);
        state[Size - 1] = state[Middle - 1] ^ Twist(state[Size - 1], state[0]);
        _next = 0;
    }
}
