using Microsoft.ML;

namespace MlNetNtd;

/// <summary>The output columns that a consumer asked for.</summary>
internal sealed class ActiveScores
{
    private readonly bool[] _active;

    public ActiveScores(ScorerSchema schema, IEnumerable<DataViewSchema.Column> columns)
    {
        _active = new bool[schema.Output.Count];
        foreach (var column in columns)
            _active[column.Index] = true;
        Columns = [.. schema.Output.Where(column => _active[column.Index])];
        Scores = Columns.Any(column => schema.IsOwn(column.Index));
    }

    /// <summary>Each once, in the order of the schema.</summary>
    public IReadOnlyList<DataViewSchema.Column> Columns { get; }

    /// <summary>Whether any of them is the scorer's own.</summary>
    public bool Scores { get; }

    public bool this[DataViewSchema.Column column] => column.Index < _active.Length && _active[column.Index];
}
