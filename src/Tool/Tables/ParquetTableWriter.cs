using Apache.Arrow;
using Apache.Arrow.Types;
using ParquetSharp;
using ParquetSharp.Arrow;

namespace MlNetNtd.Tool;

/// <summary>Writes a Parquet file with row groups of about 4 MiB, which are kept in memory until they are whole.</summary>
internal sealed class ParquetTableWriter : ITableWriter
{
    private const long RowGroupBytes = 4 << 20;

    private readonly FileWriter _file;
    private long _groupBytes;
    private bool _finished;

    public ParquetTableWriter(Stream stream, Schema schema)
    {
        using var builder = new WriterPropertiesBuilder();
        builder.Compression(Compression.Snappy);
        // Embeddings and scores hardly repeat, so a dictionary of them costs time and saves nothing.
        foreach (var field in schema.FieldsList.Where(field => IsFloatList(field.DataType)))
            builder.DisableDictionary($"{field.Name}.list.element");
        using var properties = builder.Build();
        // With the Arrow schema in the file's metadata, fixed_size_list and the metadata come back as they were.
        using var arrowBuilder = new ArrowWriterPropertiesBuilder();
        using var arrowProperties = arrowBuilder.StoreSchema().Build();
        _file = new FileWriter(stream, schema, properties, arrowProperties, leaveOpen: true);
    }

    public void Write(RecordBatch batch)
    {
        if (batch.Length == 0)
            return;
        if (_groupBytes == 0 || _groupBytes > RowGroupBytes)
        {
            _file.NewBufferedRowGroup();
            _groupBytes = 0;
        }

        _file.WriteBufferedRecordBatch(batch);
        _groupBytes += Math.Max(1, batch.Arrays.Sum(array => Size(array.Data)));
    }

    public void Finish()
    {
        _file.Close();
        _finished = true;
    }

    public void Dispose()
    {
        if (_finished)
        {
            _file.Dispose();
            return;
        }

        // The writer closes a file that was left, which fails where writing failed; the first error is what counts.
        try
        {
            _file.Dispose();
        }
        catch (ParquetException)
        {
        }
    }

    private static bool IsFloatList(IArrowType type) => type switch
    {
        ListType list => list.ValueDataType is FloatType or DoubleType,
        FixedSizeListType list => list.ValueDataType is FloatType or DoubleType,
        _ => false,
    };

    private static long Size(ArrayData data) =>
        data.Buffers.Sum(buffer => (long)buffer.Length) + (data.Children?.Sum(Size) ?? 0) + (data.Dictionary is { } dictionary ? Size(dictionary) : 0);
}
