using Apache.Arrow;
using Apache.Arrow.Types;
using MlNetNtd.Tests;

namespace MlNetNtd.Tool.Tests;

/// <summary>Tables of sample rows, with columns beside the sequences that the tool does not know how to read.</summary>
internal static class SampleTable
{
    /// <summary>The columns beside the sequences.</summary>
    public static readonly string[] Others = ["id", "name", "when", "tags", "point"];

    private static readonly Field Values = new("item", FloatType.Default, nullable: true);

    /// <summary>Sample rows of 1 to <see cref="SampleModel.MaxTokens"/> tokens.</summary>
    public static List<TrainingRow> Rows(int count, int seed = 1) => Samples.Free(count, SampleModel.MaxTokens, seed);

    /// <summary>Writes rows as a file.</summary>
    /// <param name="path">The path; its extension says the format.</param>
    /// <param name="rows">The rows.</param>
    /// <param name="batchRows">The rows of a record batch.</param>
    public static string Write(string path, IReadOnlyList<TrainingRow> rows, int batchRows = 7)
    {
        WriteBatches(path, [.. rows.Chunk(batchRows).Select(chunk => Create(chunk))]);
        return path;
    }

    /// <summary>Writes rows as an Arrow stream.</summary>
    public static byte[] ToStream(IReadOnlyList<TrainingRow> rows, int batchRows = 7)
    {
        using var stream = new MemoryStream();
        WriteBatches(stream, TableFormat.ArrowStream, [.. rows.Chunk(batchRows).Select(chunk => Create(chunk))]);
        return stream.ToArray();
    }

    /// <summary>Writes record batches as a file.</summary>
    public static void WriteBatches(string path, RecordBatch[] batches)
    {
        using var stream = File.Create(path);
        WriteBatches(stream, TableFile.FindFormat(path)!.Value, batches);
    }

    /// <summary>Reads a file or a stream of bytes whole.</summary>
    public static ReadTable Read(string path)
    {
        using var reader = TableFile.Open(path, NoConsole);
        return ReadTable.From(reader);
    }

    /// <summary>Reads an Arrow stream whole.</summary>
    public static ReadTable Read(byte[] stream)
    {
        using var reader = TableFile.Open(TableFile.Standard, new ToolConsole
        {
            Out = System.IO.TextWriter.Null,
            Error = System.IO.TextWriter.Null,
            OpenInput = () => new MemoryStream(stream),
            OpenOutput = () => Stream.Null,
            Environment = _ => null,
        });
        return ReadTable.From(reader);
    }

    /// <summary>A console that has nothing.</summary>
    public static ToolConsole NoConsole { get; } = new()
    {
        Out = System.IO.TextWriter.Null,
        Error = System.IO.TextWriter.Null,
        OpenInput = () => Stream.Null,
        OpenOutput = () => Stream.Null,
        Environment = _ => null,
    };

    /// <summary>Makes a record batch of rows.</summary>
    public static RecordBatch Create(IReadOnlyList<TrainingRow> rows)
    {
        var ids = new Int64Array.Builder().AppendRange(rows.Select(row => (long)row.Number)).Build();
        var names = new StringArray.Builder();
        var times = new TimestampArray.Builder(new TimestampType(TimeUnit.Microsecond, "UTC"));
        var tags = new ListArray.Builder(StringType.Default);
        foreach (var row in rows)
        {
            if (row.Number % 3 == 0)
                names.AppendNull();
            else
                names.Append($"row {row.Number}");
            times.Append(DateTimeOffset.UnixEpoch.AddSeconds(row.Number));
            tags.Append();
            for (var i = 0; i < row.Number % 3; i++)
                ((StringArray.Builder)tags.ValueBuilder).Append($"tag {i}");
        }

        var point = new StructType([new Field("x", Int32Type.Default, nullable: true)]);
        var xs = new Int32Array.Builder().AppendRange(rows.Select(row => row.Number)).Build();
        (string Name, IArrowArray Array)[] columns =
        [
            ("id", ids), ("PreviousEmbeddings", Floats(rows.Select(row => row.PreviousEmbeddings))), ("name", names.Build()),
            ("CurrentEmbeddings", Floats(rows.Select(row => row.CurrentEmbeddings))), ("when", times.Build()), ("tags", tags.Build()),
            ("point", new StructArray(point, rows.Count, [xs], ArrowBuffer.Empty)), ("Label", Booleans(rows.Select(row => row.Label))),
            ("TokenLabels", Flags(rows.Select(row => row.TokenLabels))),
        ];
        return ToBatch(columns);
    }

    /// <summary>Makes a record batch of columns.</summary>
    public static RecordBatch ToBatch(params (string Name, IArrowArray Array)[] columns) => new(
        new Schema([.. columns.Select(column => new Field(column.Name, column.Array.Data.DataType, nullable: true))], new Dictionary<string, string> { ["origin"] = "tests" }),
        columns.Select(column => column.Array), columns[0].Array.Length);

    /// <summary>Makes a list column; a null list and null values are allowed.</summary>
    public static ListArray Floats(IEnumerable<float[]?> rows)
    {
        var builder = new ListArray.Builder(Values);
        foreach (var row in rows)
        {
            if (row is null)
            {
                builder.AppendNull();
                continue;
            }

            builder.Append();
            ((FloatArray.Builder)builder.ValueBuilder).AppendRange(row);
        }

        return builder.Build();
    }

    /// <summary>Makes a fixed_size_list column.</summary>
    public static FixedSizeListArray FixedFloats(IReadOnlyList<float[]> rows)
    {
        var values = new FloatArray.Builder().AppendRange(rows.SelectMany(row => row)).Build();
        var type = new FixedSizeListType(Values, rows[0].Length);
        return new FixedSizeListArray(new ArrayData(type, rows.Count, 0, 0, [ArrowBuffer.Empty], [values.Data]));
    }

    private static ListArray Flags(IEnumerable<bool[]> rows)
    {
        var builder = new ListArray.Builder(BooleanType.Default);
        foreach (var row in rows)
        {
            builder.Append();
            ((BooleanArray.Builder)builder.ValueBuilder).AppendRange(row);
        }

        return builder.Build();
    }

    private static BooleanArray Booleans(IEnumerable<bool> rows) => new BooleanArray.Builder().AppendRange(rows).Build();

    private static void WriteBatches(Stream stream, TableFormat format, RecordBatch[] batches)
    {
        using var writer = TableFile.Create(stream, format, batches[0].Schema);
        foreach (var batch in batches)
            writer.Write(batch);
        writer.Finish();
    }
}
