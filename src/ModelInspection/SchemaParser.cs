using System.Collections.Immutable;

namespace MlNetNtd;

/// <summary>
/// Parses a schema in a model zip: a file of ML.NET's binary data format, usually without rows. The file consists of a header, blocks
/// of rows, annotation values, a table of annotations for each column that has any, the table of columns, and a tail signature.
/// </summary>
internal static class SchemaParser
{
    private const int HeaderBytes = 256;
    private const ulong AnnotationsVersion = 0x0001000100010004;
    private const ulong CurrentVersion = 0x0001000100010006;
    private const byte Deflated = 1;

    // The largest number of columns, and of annotations of all columns. ML.NET allocates a few hundred bytes for each.
    private const int MaxItems = 50_000;

    private static ReadOnlySpan<byte> Signature => "CML\0DVB\0"u8;

    private static ReadOnlySpan<byte> TailSignature => "\0BVD\0LMC"u8;

    /// <summary>Gets whether bytes start like a file of this format.</summary>
    public static bool HasSignature(ReadOnlySpan<byte> bytes) => bytes.StartsWith(Signature);

    /// <summary>Reads and checks a schema.</summary>
    /// <exception cref="ModelFileException">The bytes are not a valid schema.</exception>
    public static ImmutableArray<ModelFileColumn> Read(string entry, ReadOnlySpan<byte> bytes, AnnotationUnpacker budget, bool mayHaveRows = false)
    {
        budget.Charge(entry, "schema", LoadBudget.Schema);
        var reader = new FieldReader(entry, bytes);
        if (!reader.Bytes("Signature", sizeof(ulong)).SequenceEqual(Signature))
            throw reader.CreateError("Signature", "a binary data file's header", "something else");
        CheckVersions(ref reader);
        var (table, tail) = (reader.Int64("TableOfContentsOffset"), reader.Int64("TailOffset"));
        var rows = reader.InRange("RowCount", 0, mayHaveRows ? int.MaxValue : 0, reader.Int64("RowCount"));
        var columns = (int)reader.InRange("ColumnCount", 0, MaxItems, reader.Int32("ColumnCount"));

        reader.Expect("TailOffset", bytes.Length - sizeof(ulong), tail);
        reader.InRange("TailOffset", HeaderBytes, int.MaxValue, tail);
        if (!bytes[(int)tail..].SequenceEqual(TailSignature))
            throw reader.CreateError("tail", "the mark at the end", "something else");
        if (columns == 0)
            return [];
        reader.Seek("TableOfContentsOffset", reader.InRange("TableOfContentsOffset", HeaderBytes, tail, table));
        return ReadColumns(new FieldReader(entry, bytes[..(int)tail]), reader.Position, columns, rows, budget);
    }

    private static void CheckVersions(ref FieldReader reader)
    {
        var (version, compatible) = (reader.UInt64("Version"), reader.UInt64("CompatibleVersion"));
        if (compatible is < AnnotationsVersion or > CurrentVersion || compatible > version)
            throw reader.CreateError("CompatibleVersion", $"{AnnotationsVersion:X16} to {CurrentVersion:X16}", $"{compatible:X16} in a file of {version:X16}");
    }

    private static ImmutableArray<ModelFileColumn> ReadColumns(FieldReader reader, int table, int count, long totalRows, AnnotationUnpacker budget)
    {
        var columns = ImmutableArray.CreateBuilder<ModelFileColumn>();
        var annotations = 0;
        long? firstRows = null;
        reader.Seek("TableOfContentsOffset", table);
        for (var i = 0; i < count; i++)
        {
            reader.Part = $"column {i}";
            var name = reader.Text("name");
            var type = SerializedType.Read(ref reader);
            budget.Charge(reader.Entry, reader.Part, LoadBudget.Column + 2L * name.Length);
            var deflated = reader.InRange("compression", 0, Deflated, reader.Byte("compression")) == Deflated;
            var rows = reader.Leb128("rows per block", int.MaxValue);
            reader.Expect("rows per block", firstRows ??= rows, rows);
            var blocks = reader.Int64("lookup offset");
            if (totalRows > 0)
                SchemaRows.Check(reader, blocks, type, totalRows, rows, deflated, budget);
            var offset = reader.Int64("annotations");
            var kinds = offset == 0 ? [] : ReadAnnotations(reader, offset, MaxItems - annotations, budget);
            annotations += kinds.Length;
            columns.Add(new ModelFileColumn(name, type.Name, type.IsVector ? type.Dimensions : [], type.KeyCount, kinds));
        }

        return columns.ToImmutable();
    }

    // The reader is a copy: the caller's stays in the table of columns.
    private static ImmutableArray<string> ReadAnnotations(FieldReader reader, long offset, int maxKinds, AnnotationUnpacker budget)
    {
        reader.Seek("annotations", reader.InRange("annotations", HeaderBytes, reader.Position + reader.Left, offset));
        var count = reader.Leb128("annotations, count", maxKinds);
        reader.InRange("annotations, count", 1, maxKinds, count);
        var column = reader.Part;
        var kinds = new List<string>();
        var seen = new HashSet<string>();
        for (var i = 0; i < count; i++)
        {
            reader.Part = $"{column}, annotation {i}";
            var kind = reader.Text("kind");
            if (kind.Length == 0 || !seen.Add(kind))
                throw reader.CreateError("kind", "a name that is not taken", $"'{kind}'");
            budget.Take(reader.Entry, reader.Part, 2 * kind.Length);
            budget.Charge(reader.Entry, reader.Part, LoadBudget.Annotation);
            var type = SerializedType.Read(ref reader);
            var deflated = reader.InRange("compression", 0, Deflated, reader.Byte("compression")) == Deflated;
            var block = reader.Int64("offset");
            var value = reader;
            value.Seek("offset", value.InRange("offset", HeaderBytes, value.Position + value.Left, block));
            var packed = value.Bytes("value", value.InRange("size", 1, int.MaxValue, reader.Leb128("size", int.MaxValue)));
            var unpacked = new FieldReader(reader.Entry, budget.Unpack(reader.Entry, reader.Part, packed, deflated)) { Part = reader.Part };
            budget.Charge(reader.Entry, reader.Part, SerializedValue.Check(ref unpacked, type));
            kinds.Add(kind);
        }

        return [.. kinds];
    }
}
