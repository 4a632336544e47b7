using Apache.Arrow;
using Apache.Arrow.Ipc;
using ParquetSharp;
using ParquetSharp.Arrow;

namespace MlNetNtd.Tool;

/// <summary>Reads a Parquet file in pieces of two megabytes, also within a row group.</summary>
/// <remarks>
/// A row group of a gigabyte takes no more memory than a small one: each column is read through a buffer (without it, ParquetSharp
/// holds the whole column chunk), and pieces are decoded one after another. ParquetSharp's Arrow reader decodes a gigabyte of floats
/// in one CPU second, keeps every column type, and gives the same arrays as Arrow files do.
/// </remarks>
internal sealed class ParquetTableReader : ITableReader
{
    private const long BatchBytes = 2 << 20;
    private const int MaxBatchRows = 8192;
    private const long ColumnBufferBytes = 1 << 18;

    private readonly FileReader _file;
    private readonly IArrowArrayStream _batches;

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
                arrowProperties.BatchSize = ChooseBatchRows(metadata);
            }

            _file = new FileReader(path, properties, arrowProperties);
            Schema = _file.Schema;
            _batches = _file.GetRecordBatchReader();
        }
        catch (ParquetException e)
        {
            _file?.Dispose();
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
            return _batches.ReadNextRecordBatchAsync().AsTask().GetAwaiter().GetResult();
        }
        catch (Exception e) when (e is ParquetException or IOException)
        {
            throw Damaged(e);
        }
    }

    public void Dispose()
    {
        _batches.Dispose();
        _file.Dispose();
    }

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
