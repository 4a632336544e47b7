using Apache.Arrow;
using Apache.Arrow.Ipc;
using ParquetSharp;
using ParquetSharp.Arrow;

namespace MlNetNtd.Tool;

/// <summary>Reads a Parquet file in pieces of two megabytes, also within a row group.</summary>
/// <remarks>
/// A row group of a gigabyte takes no more memory than a small one: each column is read through a buffer (without it, ParquetSharp
/// holds the whole column chunk), and pieces are decoded one after another. Lists of floats are decoded by <see cref="FloatListColumn"/>.
/// ParquetSharp's Arrow reader decodes all other columns: it keeps every type and gives the same arrays as Arrow files do.
/// </remarks>
internal sealed class ParquetTableReader : ITableReader
{
    private const long BatchBytes = 2 << 20;
    private const int MaxBatchRows = 8192;
    private const long ColumnBufferBytes = 1 << 18;

    private readonly FileReader _file;
    private readonly ParquetFileReader? _columns;
    private readonly FloatListColumn?[] _lists = [];
    private readonly IArrowArrayStream? _others;
    private readonly int _batchRows;
    private long _rows;

    public ParquetTableReader(string path)
    {
        Name = path;
        try
        {
            using var properties = ReaderProperties.GetDefaultReaderProperties();
            properties.EnableBufferedStream();
            properties.BufferSize = ColumnBufferBytes;
            using var arrowProperties = ArrowReaderProperties.GetDefault();
            arrowProperties.PreBuffer = false;
            arrowProperties.UseThreads = false;
            using (var metadata = new ParquetFileReader(path))
            {
                RowCount = metadata.FileMetaData.NumRows;
                arrowProperties.BatchSize = _batchRows = ChooseBatchRows(metadata);
            }

            _file = new FileReader(path, properties, arrowProperties);
            (Schema, _columns) = (_file.Schema, _file.ParquetReader);
            var manifest = _file.SchemaManifest;
            _lists = [.. Schema.FieldsList.Select((field, i) => OpenList(_columns, manifest.SchemaField(i), field))];
            int[] others = [.. Enumerable.Range(0, _lists.Length).Where(i => _lists[i] is null).SelectMany(i => Leaves(manifest.SchemaField(i)))];
            if (others.Length > 0)
                _others = _file.GetRecordBatchReader(null, others);
        }
        catch (ParquetException e)
        {
            Dispose();
            throw Damaged(e);
        }
    }

    public string Name { get; }

    public Schema Schema { get; }

    public long? RowCount { get; }

    public RecordBatch? Read()
    {
        try
        {
            var others = _others?.ReadNextRecordBatchAsync().AsTask().GetAwaiter().GetResult();
            var rows = _others is null ? (int)Math.Min(_batchRows, RowCount!.Value - _rows) : others?.Length ?? 0;
            if (rows == 0 && others is null)
                return _rows == RowCount ? null : throw new InvalidDataException($"its columns end after {_rows} of {RowCount} rows");
            _rows += rows;
            var rented = new List<byte[]>();
            var other = 0;
            return new PooledRecordBatch(Schema, [.. _lists.Select(list => list?.Read(rows, rented) ?? others!.Column(other++))], rows, rented);
        }
        // Arrow's stream of record batches throws a bare Exception.
        catch (Exception e) when (e is ParquetException or IOException or InvalidDataException || e.GetType() == typeof(Exception))
        {
            throw Damaged(e);
        }
    }

    public void Dispose()
    {
        foreach (var list in _lists)
            list?.Dispose();
        _others?.Dispose();
        _columns?.Dispose();
        _file?.Dispose();
    }

    private static FloatListColumn? OpenList(ParquetFileReader file, SchemaField column, Field field) =>
        column.Children is [{ Children.Count: 0 } values] ? FloatListColumn.TryCreate(file, values.ColumnIndex, field) : null;

    private static IEnumerable<int> Leaves(SchemaField column) =>
        column.Children is { Count: > 0 } children ? children.SelectMany(Leaves) : [column.ColumnIndex];

    // Counts decoded bytes: a column of few different values is far smaller in the file.
    private static int ChooseBatchRows(ParquetFileReader file)
    {
        var (rows, bytes) = (0L, 0L);
        for (var group = 0; group < file.FileMetaData.NumRowGroups; group++)
        {
            using var reader = file.RowGroup(group);
            rows += reader.MetaData.NumRows;
            for (var column = 0; column < reader.MetaData.NumColumns; column++)
            {
                using var chunk = reader.MetaData.GetColumnChunkMetaData(column);
                bytes += Math.Max(chunk.TotalUncompressedSize, chunk.NumValues * sizeof(float));
            }
        }

        return rows == 0 ? 1 : (int)Math.Clamp(BatchBytes / Math.Max(1, bytes / rows), 1, MaxBatchRows);
    }

    private ToolException Damaged(Exception e) => new($"{Name}: expected a whole Parquet file, found a damaged one: {FirstLine(e.Message)}", e);

    private static string FirstLine(string message) => message.Split('\n')[0].Trim();
}
