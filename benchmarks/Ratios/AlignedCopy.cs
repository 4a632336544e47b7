using System.Runtime.InteropServices;

namespace MlNetNtd.Benchmarks;

/// <summary>
/// Copies the number of bytes of a row's outputs between two buffers that start at a page and at the middle of a page. Its time depends
/// on the load of the machine, but on no <see cref="Placement"/>, so it makes times of different placements comparable.
/// </summary>
internal sealed class AlignedCopy : Implementation
{
    private readonly ArraySegment<byte> _source;
    private readonly ArraySegment<byte> _destination;

    public AlignedCopy(string name, Shape shape)
        : base(name)
    {
        var bytes = 2 * shape.HalfValues * sizeof(float) + NextTokenMask.Count(shape.Tokens);
        _source = Allocate(bytes, offset: 0);
        _destination = Allocate(bytes, offset: Placement.PageBytes / 2);
    }

    public override void Run(int rows)
    {
        for (var row = 0; row < rows; row++)
            _source.AsSpan().CopyTo(_destination);
    }

    public override void Dispose()
    {
    }

    // A pinned array is never moved.
    private static ArraySegment<byte> Allocate(int bytes, int offset)
    {
        var array = GC.AllocateArray<byte>(bytes + 2 * Placement.PageBytes, pinned: true);
        var start = (long)Marshal.UnsafeAddrOfPinnedArrayElement(array, 0);
        var toPage = (int)((Placement.PageBytes - start % Placement.PageBytes) % Placement.PageBytes);
        return new ArraySegment<byte>(array, toPage + offset, bytes);
    }
}
