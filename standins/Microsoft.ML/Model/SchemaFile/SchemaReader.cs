using System.IO.Compression;
using System.Text;
using Microsoft.ML.Runtime;

namespace Microsoft.ML.Data.IO;

/// <summary>Reads the schema of a binary data view. Columns and annotations of unknown types are left out.</summary>
internal static class SchemaReader
{
    public static DataViewSchema Read(IExceptionContext context, MemoryStream stream)
    {
        using var reader = new BinaryReader(stream, Encoding.UTF8, leaveOpen: true);
        try
        {
            return ReadSchema(reader);
        }
        catch (Exception failure) when (failure.IsMarked())
        {
            context.Process(failure);
            throw;
        }
        catch (Exception failure) when (failure is IOException or ArgumentException or OverflowException
            or FormatException or InvalidDataException)
        {
            throw new FormatException("Corrupt schema in model file", failure).Process(context);
        }
    }

    private static DataViewSchema ReadSchema(BinaryReader reader)
    {
        long length = reader.BaseStream.Length;
        Contracts.CheckDecode(length >= SchemaFormat.HeaderSize,
            $"Read only {length} bytes in file, expected header size of {SchemaFormat.HeaderSize}");
        Contracts.CheckDecode(reader.ReadUInt64() == SchemaFormat.Mark, "This does not appear to be a binary dataview file");
        ulong version = reader.ReadUInt64();
        ulong readableBy = reader.ReadUInt64();
        Contracts.CheckDecode(readableBy <= version, "Compatibility version cannot be greater than file version");
        Contracts.Check(readableBy >= SchemaFormat.OldestVersion && readableBy <= SchemaFormat.Version,
            "Cannot read data of this version");
        long columnTable = reader.ReadInt64();
        long tail = reader.ReadInt64();
        Contracts.CheckDecode(reader.ReadInt64() >= 0, "Row count cannot be negative");
        int columnCount = reader.ReadInt32();
        Contracts.CheckDecode(columnCount >= 0, "Column count cannot be negative");
        Contracts.CheckDecode(tail >= SchemaFormat.HeaderSize, "Tail offset less than header size, impossible");
        reader.BaseStream.Position = tail;
        Contracts.CheckDecode(reader.ReadUInt64() == SchemaFormat.TailMark, "Incorrect tail signature");

        var schema = new DataViewSchema.Builder();
        reader.BaseStream.Position = columnTable;
        for (int i = 0; i < columnCount; i++)
            ReadColumn(reader, schema);
        return schema.ToSchema();
    }

    private static void ReadColumn(BinaryReader reader, DataViewSchema.Builder schema)
    {
        string name = reader.ReadString();
        DataViewType type = TypeCodec.ReadOrNull(reader);
        byte compression = reader.ReadByte();
        reader.Read7BitEncodedInt64();
        reader.ReadInt64();
        long annotationTable = reader.ReadInt64();
        if (type is null || compression > SchemaFormat.Deflated)
            return;

        long next = reader.BaseStream.Position;
        schema.AddColumn(name, type, annotationTable == 0 ? null : ReadAnnotations(reader, annotationTable));
        reader.BaseStream.Position = next;
    }

    private static DataViewSchema.Annotations ReadAnnotations(BinaryReader reader, long table)
    {
        Contracts.CheckDecode(table >= SchemaFormat.HeaderSize, "Metadata TOC offset out of range");
        reader.BaseStream.Position = table;
        long count = reader.Read7BitEncodedInt64();
        Contracts.CheckDecode(count > 0, "Bad number of metadata TOC entries read");
        var annotations = new DataViewSchema.Annotations.Builder();
        var kinds = new HashSet<string>();
        for (long i = 0; i < count; i++)
        {
            string kind = reader.ReadString();
            Contracts.CheckDecode(kind.Length > 0, "Metadata kind must be non-empty string");
            Contracts.CheckDecode(kinds.Add(kind), "Duplicate metadata kind read from file");
            DataViewType type = TypeCodec.ReadOrNull(reader);
            byte compression = reader.ReadByte();
            long start = reader.ReadInt64();
            long length = reader.Read7BitEncodedInt64();
            Contracts.CheckDecode(start >= SchemaFormat.HeaderSize && length > 0 && start + length <= reader.BaseStream.Length,
                "Metadata block out of range");
            if (type is null || compression > SchemaFormat.Deflated)
                continue;

            long next = reader.BaseStream.Position;
            annotations.Add(kind, type, ReadValue(reader, type, compression, start, (int)length));
            reader.BaseStream.Position = next;
        }

        return annotations.ToAnnotations();
    }

    private static Delegate ReadValue(BinaryReader reader, DataViewType type, byte compression, long start, int length)
    {
        reader.BaseStream.Position = start;
        Stream block = new MemoryStream(reader.ReadBytes(length));
        if (compression == SchemaFormat.Deflated)
            block = new DeflateStream(block, CompressionMode.Decompress);
        using var blockReader = new BinaryReader(block, Encoding.UTF8);
        return AnnotationCodec.Read(blockReader, type);
    }
}
