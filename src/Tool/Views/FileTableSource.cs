using Apache.Arrow;

namespace MlNetNtd.Tool;

/// <summary>The rows of several files with the same columns. They can be read any number of times, except from standard input.</summary>
internal sealed class FileTableSource : TableSource
{
    private readonly IReadOnlyList<string> _files;
    private readonly ToolConsole _console;
    private ITableReader? _first;

    /// <summary>Initializes the source and reads the columns of each file.</summary>
    /// <param name="files">The paths, at least one.</param>
    /// <param name="console">Has standard input.</param>
    /// <exception cref="ToolException">A file is missing or damaged, or has other columns than the first.</exception>
    public FileTableSource(IReadOnlyList<string> files, ToolConsole console)
    {
        (_files, _console) = (files, console);
        _first = TableFile.Open(files[0], console);
        (Schema, Name) = (_first.Schema, _first.Name);
        long? rows = _first.RowCount;
        foreach (var file in files.Skip(1))
        {
            using var reader = TableFile.Open(file, console);
            CheckSameColumns(reader);
            rows += reader.RowCount;
        }

        RowCount = rows;
    }

    public override Schema Schema { get; }

    public override string Name { get; }

    public override long? RowCount { get; }

    protected override IEnumerable<TableBatch> ReadBatches()
    {
        for (var i = 0; i < _files.Count; i++)
        {
            using var reader = i == 0 && _first is { } first ? first : TableFile.Open(_files[i], _console);
            _first = null;
            foreach (var batch in ReadBatches(reader))
            {
                using var rows = batch.Rows;
                yield return batch;
            }
        }
    }

    private void CheckSameColumns(ITableReader other)
    {
        foreach (var field in Schema.FieldsList)
        {
            var found = other.Schema.FieldsList.FirstOrDefault(candidate => candidate.Name == field.Name)
                ?? throw new ToolException($"{other.Name}: expected column '{field.Name}' as in {Name}, found none.");
            var (expectedType, foundType) = (ColumnTypes.Name(field.DataType), ColumnTypes.Name(found.DataType));
            if (expectedType != foundType)
                throw new ToolException($"{other.Name}, column '{field.Name}': expected {expectedType} as in {Name}, found {foundType}.");
        }
    }
}
