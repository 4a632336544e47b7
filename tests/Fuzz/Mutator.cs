using System.Buffers.Binary;

namespace MlNetNtd.Fuzz;

/// <summary>Damages bytes, the same way for the same seed.</summary>
internal sealed class Mutator(int seed)
{
    private const int MostSteps = 6;
    private const int LongestRun = 64;

    private static readonly long[] Numbers =
    [
        0, 1, -1, 2, -2, 7, 8, 16, 63, 64, 127, 128, 255, 256, 257, 1 << 10, short.MaxValue, ushort.MaxValue, 23170, 23171, 1 << 20, (1 << 20) + 1,
        1 << 24, (1 << 24) + 1, 1 << 30, int.MaxValue, int.MinValue, uint.MaxValue, 1L << 33, long.MaxValue, long.MinValue,
    ];

    private readonly Random _random = new(seed);
    private IReadOnlyList<byte[]> _dictionary = [];

    /// <summary>Takes words from here from now on.</summary>
    public Mutator Speaking(IReadOnlyList<byte[]> dictionary)
    {
        _dictionary = dictionary;
        return this;
    }

    /// <summary>One of several.</summary>
    public T Pick<T>(IReadOnlyList<T> choices) => choices[_random.Next(choices.Count)];

    /// <summary>True once in so many.</summary>
    public bool OneIn(int count) => _random.Next(count) == 0;

    /// <summary>A number below.</summary>
    public int Below(int count) => _random.Next(count);

    /// <summary>A number where readers have their limits, or any.</summary>
    public long Number() => OneIn(3) ? _random.NextInt64() >> _random.Next(64) : Pick(Numbers) + (OneIn(4) ? _random.Next(-2, 3) : 0);

    /// <summary>The bytes with a few changes.</summary>
    public byte[] Bytes(byte[] original)
    {
        var bytes = original.ToList();
        for (var steps = 1 + _random.Next(MostSteps); steps > 0; steps--)
            Step(bytes);
        return [.. bytes];
    }

    private void Step(List<byte> bytes)
    {
        var place = _random.Next(bytes.Count + 1);
        var run = Math.Min(1 + _random.Next(OneIn(8) ? Math.Max(1, bytes.Count) : LongestRun), bytes.Count - place);
        switch (_random.Next(9))
        {
            case 0 or 1 when place < bytes.Count:
                bytes[place] ^= (byte)(1 << _random.Next(8));
                break;
            case 2 when place < bytes.Count:
                bytes[place] = (byte)_random.Next(256);
                break;
            case 3 or 4:
                Overwrite(bytes, place);
                break;
            case 5 when _dictionary.Count > 0:
                bytes.InsertRange(place, Pick(_dictionary));
                break;
            case 6:
                bytes.RemoveRange(place, run);
                break;
            case 7:
                bytes.InsertRange(_random.Next(bytes.Count + 1), bytes.GetRange(place, run));
                break;
            default:
                if (OneIn(4))
                    bytes.RemoveRange(place, bytes.Count - place);
                break;
        }
    }

    // Numbers of most formats stand at multiples of their size.
    private void Overwrite(List<byte> bytes, int place)
    {
        var size = 1 << _random.Next(4);
        if (!OneIn(4))
            place -= place % size;
        Span<byte> number = stackalloc byte[sizeof(long)];
        BinaryPrimitives.WriteInt64LittleEndian(number, Number());
        for (var i = 0; i < size && place + i < bytes.Count; i++)
            bytes[place + i] = number[i];
    }
}
