using System.IO.Compression;

namespace Microsoft.ML.Data.IO;

/// <summary>Writes a schema. Annotations are evaluated and written with it.</summary>
internal static class SchemaWriter
{
    public static void Write(MemoryStream stream, DataViewSchema schema)
    {
        using var writer = new BinaryWriter(stream, System.Text.Encoding.UTF8, leaveOpen: true);
        writer.Write(new byte[SchemaFormat.HeaderSize]);
        long[] annotationTables = [.. schema.Select(column => WriteAnnotations(writer, column.Annotations))];

        long columnTable = stream.Position;
        foreach (DataViewSchema.Column column in schema)
        {
            writer.Write(column.Name);
            TypeCodec.Write(writer, column.Type);
            writer.Write(SchemaFormat.Deflated);
            writer.Write7BitEncodedInt64(1);
            writer.Write((long)SchemaFormat.HeaderSize);
            writer.Write(annotationTables[column.Index]);
        }

        long tail = stream.Position;
        writer.Write(SchemaFormat.TailMark);

        stream.Position = 0;
        writer.Write(SchemaFormat.Mark);
        writer.Write(SchemaFormat.Version);
        writer.Write(SchemaFormat.Version);
        writer.Write(columnTable);
        writer.Write(tail);
        writer.Write(0L);
        writer.Write(schema.Count);
        stream.Position = stream.Length;
    }

    /// <summary>The values, and behind them the table that says where they are. Gives the place of the table, or 0.</summary>
    private static long WriteAnnotations(BinaryWriter writer, DataViewSchema.Annotations annotations)
    {
        if (annotations.Schema.Count == 0)
            return 0;

        var blocks = new List<(byte Compression, long Start, long Length)>();
        foreach (DataViewSchema.Column annotation in annotations.Schema)
        {
            long start = writer.BaseStream.Position;
            byte compression = WriteSmaller(writer, annotations, annotation);
            blocks.Add((compression, start, writer.BaseStream.Position - start));
        }

        long table = writer.BaseStream.Position;
        writer.Write7BitEncodedInt64(blocks.Count);
        foreach (DataViewSchema.Column annotation in annotations.Schema)
        {
            (byte compression, long start, long length) = blocks[annotation.Index];
            writer.Write(annotation.Name);
            TypeCodec.Write(writer, annotation.Type);
            writer.Write(compression);
            writer.Write(start);
            writer.Write7BitEncodedInt64(length);
        }

        return table;
    }

    /// <summary>Writes a value deflated if that makes it smaller.</summary>
    private static byte WriteSmaller(BinaryWriter writer, DataViewSchema.Annotations annotations, DataViewSchema.Column annotation)
    {
        using var plain = new MemoryStream();
        using (var plainWriter = new BinaryWriter(plain, System.Text.Encoding.UTF8, leaveOpen: true))
            AnnotationCodec.Write(plainWriter, annotations, annotation);

        using var deflated = new MemoryStream();
        using (var deflate = new DeflateStream(deflated, CompressionMode.Compress, leaveOpen: true))
            plain.WriteTo(deflate);

        bool worthIt = deflated.Length < plain.Length;
        writer.Flush();
        (worthIt ? deflated : plain).WriteTo(writer.BaseStream);
        return worthIt ? SchemaFormat.Deflated : SchemaFormat.Stored;
    }
}
