using TorchSharp.Internal;
using static TorchSharp.torch;

namespace TorchSharp;

/// <summary>
/// One tensor in a stream: element type, number of dimensions and sizes as LEB128, then the bytes of the
/// elements in row-major order.
/// </summary>
public static partial class TensorExtensionMethods
{
    public static void Save(this Tensor tensor, BinaryWriter writer)
    {
        Leb128.Write(writer, (long)tensor.dtype);
        Leb128.Write(writer, tensor.ndim);
        foreach (var size in tensor.shape)
            Leb128.Write(writer, size);
        writer.Flush();
        tensor.WriteBytesToStream(writer.BaseStream);
    }

    /// <summary>Closes the stream, as the real package does.</summary>
    public static void Save(this Tensor tensor, Stream stream)
    {
        using var writer = new BinaryWriter(stream);
        tensor.Save(writer);
    }

    public static void Save(this Tensor tensor, string location) => tensor.Save(File.Create(location));

    /// <summary>Reads into an existing tensor, which must have the type and shape that were written.</summary>
    public static void Load(this Tensor tensor, BinaryReader reader, bool skip = false)
    {
        var type = (ScalarType)Leb128.Read(reader);
        if (type != tensor.dtype)
            throw new ArgumentException($"Elements of type {type} were saved; the tensor to load into has {tensor.dtype}.");
        ReadElements(tensor, reader, ReadShape(reader), skip);
    }

    /// <summary>Reads a new tensor.</summary>
    public static Tensor Load(BinaryReader reader, bool skip = false)
    {
        Tensor? tensor = null;
        Load(ref tensor, reader, skip);
        return tensor!;
    }

    public static void Load(ref Tensor? tensor, BinaryReader reader, bool skip = false)
    {
        var type = (ScalarType)Leb128.Read(reader);
        var shape = ReadShape(reader);
        tensor ??= zeros(shape, type);
        ReadElements(tensor, reader, shape, skip);
    }

    private static long[] ReadShape(BinaryReader reader)
    {
        var shape = new long[Leb128.Read(reader)];
        for (var d = 0; d < shape.Length; d++)
            shape[d] = Leb128.Read(reader);
        return shape;
    }

    private static void ReadElements(Tensor tensor, BinaryReader reader, long[] shape, bool skip)
    {
        if (skip)
        {
            reader.BaseStream.Seek(tensor.NumberOfElements * tensor.ElementSize, SeekOrigin.Current);
            return;
        }

        if (!shape.AsSpan().SequenceEqual(tensor.Impl.Sizes))
        {
            throw new ArgumentException(
                $"A tensor of shape {Fail.Show(shape)} was saved; the tensor to load into has {Fail.Show(tensor.Impl.Sizes)}.");
        }

        tensor.ReadBytesFromStream(reader.BaseStream);
    }
}
