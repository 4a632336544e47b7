using System.Runtime.CompilerServices;

namespace MlNetNtd;

/// <summary>Memory for kernels: it does not move and begins at a cache line. It grows and never shrinks.</summary>
internal sealed unsafe class AlignedBuffer
{
    private const int LineBytes = 64;

    private float[] _values = [];

    /// <summary>Creates a buffer.</summary>
    /// <param name="length">The number of values, which are 0.</param>
    public AlignedBuffer(long length = 0) => Reserve(length);

    /// <summary>Gets the first value. The buffer must be reachable while the pointer is used.</summary>
    public float* Pointer { get; private set; }

    /// <summary>Gets the number of values.</summary>
    public long Length { get; private set; }

    /// <summary>Gets the first values as a span.</summary>
    public Span<float> Span(int length) => new(Pointer, length);

    /// <summary>Makes the buffer at least this long. Its values are lost if it grows.</summary>
    /// <exception cref="ArgumentException">No array has so many values.</exception>
    public void Reserve(long length)
    {
        if (length <= Length)
            return;
        if (length > Array.MaxLength - LineBytes)
            throw new ArgumentException($"expected at most {Array.MaxLength - LineBytes} values in working memory, found {length}.", nameof(length));
        _values = GC.AllocateArray<float>((int)length + LineBytes / sizeof(float), pinned: true);
        var address = (nuint)Unsafe.AsPointer(ref _values[0]);
        Pointer = (float*)((address + LineBytes - 1) / LineBytes * LineBytes);
        Length = length;
    }
}
