using Microsoft.ML.Runtime;

namespace Microsoft.ML.Data.IO;

/// <summary>How column types are written: a name, the length of what follows, and what the name does not say.</summary>
internal static class TypeCodec
{
    private const string VectorName = "VBuffer";
    private const string KeyName = "Key2";

    public static void Write(BinaryWriter writer, DataViewType type)
    {
        using var details = new MemoryStream();
        using var detailWriter = new BinaryWriter(details);
        switch (type)
        {
            case VectorDataViewType vector:
                writer.Write(VectorName);
                Write(detailWriter, vector.ItemType);
                detailWriter.Write(vector.Dimensions.Length);
                foreach (int dimension in vector.Dimensions)
                    detailWriter.Write(dimension);
                break;
            case KeyDataViewType key:
                writer.Write(KeyName);
                Write(detailWriter, PrimitiveTypes.Of(key.RawType));
                detailWriter.Write(key.Count);
                break;
            default:
                writer.Write(ItemCodec.NameOf(type.RawType));
                break;
        }

        writer.Write7BitEncodedInt64(details.Length);
        writer.Write(details.ToArray());
    }

    /// <summary>The type, or null where its name is not known: then it is skipped.</summary>
    public static DataViewType ReadOrNull(BinaryReader reader)
    {
        string name = reader.ReadString();
        Contracts.CheckDecode(name.Length > 0, "Non-empty signature string expected");
        long length = reader.Read7BitEncodedInt64();
        long end = checked(reader.BaseStream.Position + length);
        Contracts.CheckDecode(length >= 0 && end <= reader.BaseStream.Length, "Codec type definition is cut short");

        DataViewType type = name switch
        {
            VectorName => ReadVector(reader),
            KeyName => ReadKey(reader),
            _ => ItemCodec.OrNull(name)?.Type,
        };
        Contracts.CheckDecode(type is null || reader.BaseStream.Position == end, "Codec type definition of another length than it says");
        reader.BaseStream.Position = end;
        return type;
    }

    private static VectorDataViewType ReadVector(BinaryReader reader)
    {
        DataViewType itemType = ReadOrNull(reader);
        int rank = reader.ReadInt32();
        Contracts.CheckDecode(rank >= 0);
        int[] dimensions = ItemCodec.Of<int>().Read(reader, rank);
        if (itemType is null)
            return null;
        Contracts.CheckDecode(itemType is PrimitiveDataViewType && dimensions.All(dimension => dimension >= 0));
        return rank == 0
            ? new VectorDataViewType((PrimitiveDataViewType)itemType)
            : new VectorDataViewType((PrimitiveDataViewType)itemType, dimensions);
    }

    private static KeyDataViewType ReadKey(BinaryReader reader)
    {
        DataViewType itemType = ReadOrNull(reader);
        ulong count = reader.ReadUInt64();
        if (itemType is null)
            return null;
        Contracts.CheckDecode(count > 0 && count <= KeyDataViewType.LargestOf(itemType.RawType));
        return new KeyDataViewType(itemType.RawType, count);
    }
}
