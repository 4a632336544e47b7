using System.Runtime.InteropServices;

namespace TorchSharp.Internal;

/// <summary>
/// The memory behind one or more tensors: a managed array of any primitive element type, seen as bytes.
/// Views share it; the garbage collector frees it.
/// </summary>
internal sealed class TensorStorage
{
    private readonly Array _array;
    private readonly int _length;

    private TensorStorage(Array array, int length)
    {
        _array = array;
        _length = length;
    }

    /// <summary>Counts changes in place: values that backward needs must not have changed.</summary>
    public int Version { get; set; }

    public Span<byte> Bytes => MemoryMarshal.CreateSpan(ref MemoryMarshal.GetArrayDataReference(_array), _length);

    public Span<T> As<T>() where T : unmanaged => MemoryMarshal.Cast<byte, T>(Bytes);

    public static TensorStorage Allocate(long bytes, bool clear)
    {
        if (bytes > Array.MaxLength)
            Fail.Native($"The stand-in holds at most {Array.MaxLength} bytes in a tensor; {bytes} were asked for.");

        var length = (int)bytes;
        return new TensorStorage(clear ? new byte[length] : GC.AllocateUninitializedArray<byte>(length), length);
    }

    /// <summary>Uses the caller's array itself: writes on either side are seen on the other.</summary>
    public static TensorStorage Share(Array array)
    {
        var bytes = (long)array.Length * ElementSize(array);
        if (bytes > int.MaxValue)
            Fail.Native("The array is too large for the stand-in.");

        return new TensorStorage(array, (int)bytes);
    }

    private static int ElementSize(Array array) =>
        DTypes.SizeOf(DTypes.FromClr(array.GetType().GetElementType()!));
}
