using Microsoft.ML;

namespace MlNetNtd;

/// <summary>The output columns that the consumer of a cursor or row needs.</summary>
internal sealed class ActiveColumns
{
    private readonly bool[] _active;

    public ActiveColumns(DataViewSchema output, IEnumerable<DataViewSchema.Column> columns)
    {
        _active = new bool[output.Count];
        foreach (var column in columns)
            _active[column.Index] = true;
        Columns = [.. output.Where(column => _active[column.Index])];
    }

    /// <summary>The active columns, each once, in schema order.</summary>
    public IReadOnlyList<DataViewSchema.Column> Columns { get; }

    public bool this[int outputIndex] => outputIndex >= 0 && outputIndex < _active.Length && _active[outputIndex];
}
