using Microsoft.ML;

namespace MlNetNtd;

/// <summary>The output columns that a consumer asked for.</summary>
internal sealed class ActiveColumns
{
    private readonly bool[] _active;

    public ActiveColumns(StageSchema schema, IEnumerable<DataViewSchema.Column> columns)
    {
        _active = new bool[schema.Output.Count];
        foreach (var column in columns)
            _active[column.Index] = true;
        Columns = [.. schema.Output.Where(column => _active[column.Index])];
        ReadsSequences = Columns.Any(column => schema.IsOwn(column.Index) && schema.NeedsSequences(column.Index));
    }

    /// <summary>Each once, in the order of the schema.</summary>
    public IReadOnlyList<DataViewSchema.Column> Columns { get; }

    /// <summary>Whether any of them needs the two input sequences.</summary>
    public bool ReadsSequences { get; }

    public bool this[int outputIndex] => outputIndex >= 0 && _active[outputIndex];
}
