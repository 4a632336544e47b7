using Apache.Arrow;

namespace MlNetNtd.Tool;

/// <summary>Rows of a record batch and where they come from.</summary>
/// <param name="Rows">The rows.</param>
/// <param name="File">The file's name.</param>
/// <param name="FirstRow">The position in the file of the first of them, from 0.</param>
internal sealed record TableBatch(RecordBatch Rows, string File, long FirstRow);

/// <summary>The rows of one table or of several with the same columns, in order.</summary>
internal abstract class TableSource
{
    private readonly List<(string File, long Rows)> _read = [];

    /// <summary>Gets the columns.</summary>
    public abstract Schema Schema { get; }

    /// <summary>Gets the name of the first file, for messages about columns.</summary>
    public abstract string Name { get; }

    /// <summary>Gets the number of rows; null if only reading tells.</summary>
    public abstract long? RowCount { get; }

    /// <summary>Reads all rows. Record batches are valid until the next one is asked for, unless a subclass says otherwise.</summary>
    public IEnumerable<TableBatch> Read()
    {
        _read.Clear();
        return ReadBatches();
    }

    /// <summary>Finds the file of a row and its position there.</summary>
    /// <param name="position">The row's position among the rows that <see cref="Read"/> has given since its last call.</param>
    public (string File, long Row) Locate(long position)
    {
        foreach (var (file, rows) in _read)
        {
            if (position < rows)
                return (file, position);
            position -= rows;
        }

        return (Name, position);
    }

    /// <summary>Reads all rows.</summary>
    protected abstract IEnumerable<TableBatch> ReadBatches();

    /// <summary>Reads the rows of one table.</summary>
    protected IEnumerable<TableBatch> ReadBatches(ITableReader reader)
    {
        var index = _read.Count;
        _read.Add((reader.Name, 0));
        while (reader.Read() is { } batch)
        {
            var first = _read[index].Rows;
            _read[index] = (reader.Name, first + batch.Length);
            yield return new TableBatch(batch, reader.Name, first);
        }
    }
}
