using Apache.Arrow;

namespace MlNetNtd.Tool;

/// <summary>Reads a table in pieces, so that memory does not grow with the file.</summary>
internal interface ITableReader : IDisposable
{
    /// <summary>Gets the file's path, or "standard input", for messages.</summary>
    string Name { get; }

    /// <summary>Gets the columns.</summary>
    Schema Schema { get; }

    /// <summary>Gets the number of rows; null if only reading tells.</summary>
    long? RowCount { get; }

    /// <summary>Reads the next rows.</summary>
    /// <returns>The rows, which the caller disposes; null at the end.</returns>
    /// <exception cref="ToolException">The file is damaged.</exception>
    RecordBatch? Read();
}
