using System.Collections.Immutable;

namespace MlNetNtd;

/// <summary>
/// A schema in a model zip: a file of ML.NET's binary data format, most of them without rows. A header, blocks of rows, values
/// of annotations, for each column with annotations their table, the table of columns, a mark at the end.
/// </summary>
internal static class SchemaParser
{
    private const int HeaderBytes = 256;
    private const ulong AnnotationsVersion = 0x0001000100010004;
    private const ulong CurrentVersion = 0x0001000100010006;
    private const byte Deflated = 1;

    // Columns, and annotations, of all columns together. ML.NET makes objects of a few hundred bytes of each.
    private const int MaxItems = 50_000;

    private static ReadOnlySpan<byte> Signature => "CML\0DVB\0"u8;

    private static ReadOnlySpan<byte> TailSignature => "\0BVD\0LMC"u8;

    /// <summary>The first bytes of such a file.</summary>
    public static bool Begins(ReadOnlySpan<byte> bytes) => bytes.StartsWith(Signature);

    /// <summary>Reads a schema.</summary>
    /// <exception cref="ModelFileException">It is none, or announces what it does not hold.</exception>
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

    private static ImmutableArray<ModelFileColumn> ReadColumns(FieldReader reader, int table, int count, long rowsInAll, AnnotationUnpacker budget)
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
            if (rowsInAll > 0)
                SchemaRows.Check(reader, blocks, type, rowsInAll, rows, deflated, budget);
            var place = reader.Int64("annotations");
            var kinds = place == 0 ? [] : ReadAnnotations(reader, place, MaxItems - annotations, budget);
            annotations += kinds.Length;
            columns.Add(new ModelFileColumn(name, type.Name, type.IsVector ? type.Dimensions : [], type.KeyCount, kinds));
        }

        return columns.ToImmutable();
    }

    // The reader is a copy: the table of columns goes on where it was.
    private static ImmutableArray<string> ReadAnnotations(FieldReader reader, long place, int mostKinds, AnnotationUnpacker budget)
    {
        reader.Seek("annotations", reader.InRange("annotations", HeaderBytes, reader.Position + reader.Left, place));
        var count = reader.Leb128("annotations, count", mostKinds);
        reader.InRange("annotations, count", 1, mostKinds, count);
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
            var block = reader.Int64("place");
            var value = reader;
            value.Seek("place", value.InRange("place", HeaderBytes, value.Position + value.Left, block));
            var packed = value.Bytes("value", value.InRange("size", 1, int.MaxValue, reader.Leb128("size", int.MaxValue)));
            var unpacked = new FieldReader(reader.Entry, budget.Unpack(reader.Entry, reader.Part, packed, deflated)) { Part = reader.Part };
            budget.Charge(reader.Entry, reader.Part, SerializedValue.Check(ref unpacked, type));
            kinds.Add(kind);
        }

        return [.. kinds];
    }
}
