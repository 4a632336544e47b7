using System.Runtime.InteropServices;
using Apache.Arrow;

namespace MlNetNtd.Tool;

/// <summary>Values in memory that is kept and reused from one record batch to the next.</summary>
internal sealed class GrowingBuffer<T>
    where T : unmanaged
{
    private const int FirstCount = 256;

    private byte[] _bytes = new byte[FirstCount * Marshal.SizeOf<T>()];
    private readonly int _itemBytes = System.Runtime.CompilerServices.Unsafe.SizeOf<T>();

    /// <summary>Gets the number of values.</summary>
    public int Count { get; private set; }

    /// <summary>Adds values and returns their place, with undefined content.</summary>
    public Span<T> Extend(int count)
    {
        var needed = checked((Count + count) * _itemBytes);
        if (needed > _bytes.Length)
            System.Array.Resize(ref _bytes, (int)Math.Clamp(2L * _bytes.Length, needed, System.Array.MaxLength));
        var span = MemoryMarshal.Cast<byte, T>(_bytes.AsSpan(Count * _itemBytes, count * _itemBytes));
        Count += count;
        return span;
    }

    /// <summary>Adds a value.</summary>
    public void Add(T value) => Extend(1)[0] = value;

    /// <summary>Returns the values and begins anew in the same memory.</summary>
    public ArrowBuffer Take()
    {
        var buffer = new ArrowBuffer(_bytes.AsMemory(0, Count * _itemBytes));
        Count = 0;
        return buffer;
    }
}
