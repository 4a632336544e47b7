using Microsoft.ML.Runtime;

namespace Microsoft.ML.Data.IO;

/// <summary>How a single value of a column type is written: what annotations hold.</summary>
internal static class AnnotationCodec
{
    private const int Dense = -1;

    public static void Write(BinaryWriter writer, DataViewSchema.Annotations annotations, DataViewSchema.Column annotation)
    {
        if (annotation.Type is VectorDataViewType vector)
            Generic.Call<object>(vector.ItemType.RawType, typeof(AnnotationCodec), nameof(WriteVector), writer, annotations, annotation);
        else
            Generic.Call<object>(annotation.Type.RawType, typeof(AnnotationCodec), nameof(WriteValue), writer, annotations, annotation);
    }

    /// <summary>Reads the value, and gives a getter that delivers it.</summary>
    public static Delegate Read(BinaryReader reader, DataViewType type)
        => type is VectorDataViewType vector
            ? Generic.Call<Delegate>(vector.ItemType.RawType, typeof(AnnotationCodec), nameof(ReadVector), reader, vector)
            : Generic.Call<Delegate>(type.RawType, typeof(AnnotationCodec), nameof(ReadValue), reader);

    private static object WriteValue<T>(BinaryWriter writer, DataViewSchema.Annotations annotations, DataViewSchema.Column annotation)
    {
        T value = default;
        annotations.GetGetter<T>(annotation)(ref value);
        ItemCodec.Of<T>().Write(writer, [value]);
        return null;
    }

    private static object WriteVector<T>(BinaryWriter writer, DataViewSchema.Annotations annotations, DataViewSchema.Column annotation)
    {
        VBuffer<T> value = default;
        annotations.GetGetter<VBuffer<T>>(annotation)(ref value);
        int size = ((VectorDataViewType)annotation.Type).Size;
        Contracts.Check(size == 0 || size == value.Length, $"Length mismatch: expected {size} slots but got {value.Length}");

        // The number of vectors, the length that they have in common, and each one's own where it is none.
        writer.Write(1);
        writer.Write(value.Length);
        if (value.Length == 0)
            writer.Write(0);
        ReadOnlySpan<int> indices = value.GetIndices();
        writer.Write(value.IsDense ? Dense : indices.Length);
        writer.Write(indices.Length);
        foreach (int index in indices)
            writer.Write(index);
        ItemCodec.Of<T>().Write(writer, value.GetValues());
        return null;
    }

    private static ValueGetter<T> ReadValue<T>(BinaryReader reader)
    {
        T value = ItemCodec.Of<T>().Read(reader, 1)[0];
        return (ref T destination) => destination = value;
    }

    private static ValueGetter<VBuffer<T>> ReadVector<T>(BinaryReader reader, VectorDataViewType type)
    {
        Contracts.CheckDecode(reader.ReadInt32() == 1);
        int length = reader.ReadInt32();
        Contracts.CheckDecode(type.IsKnownSize ? length == type.Size : length >= 0);
        if (length == 0)
            length = reader.ReadInt32();
        int count = reader.ReadInt32();
        int[] indices = ItemCodec.Of<int>().Read(reader, reader.ReadInt32());
        Contracts.CheckDecode(length >= 0 && (count == Dense ? indices.Length == 0 : count == indices.Length && count < length));
        for (int i = 0; i < indices.Length; i++)
            Contracts.CheckDecode(indices[i] < length && indices[i] > (i == 0 ? -1 : indices[i - 1]));

        T[] values = ItemCodec.Of<T>().Read(reader, count == Dense ? length : count);
        var value = new VBuffer<T>(length, values.Length, values, indices);
        return (ref VBuffer<T> destination) => value.CopyTo(ref destination);
    }
}
