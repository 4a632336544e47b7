using Apache.Arrow;

namespace MlNetNtd.Tool;

/// <summary>Booleans as Arrow packs them, a bit each, lowest first.</summary>
internal sealed class BitBuffer
{
    private const int BitsOfByte = 8;

    private readonly GrowingBuffer<byte> _bytes = new();
    private int _partial;

    /// <summary>Gets the number of Booleans.</summary>
    public int Count { get; private set; }

    /// <summary>Adds a Boolean.</summary>
    public void Add(bool value)
    {
        if (value)
            _partial |= 1 << (Count % BitsOfByte);
        if (++Count % BitsOfByte == 0)
            Flush();
    }

    /// <summary>Returns the bits and begins anew in the same memory.</summary>
    public ArrowBuffer Take()
    {
        if (Count % BitsOfByte != 0)
            Flush();
        Count = 0;
        return _bytes.Take();
    }

    private void Flush()
    {
        _bytes.Add((byte)_partial);
        _partial = 0;
    }
}
