using Microsoft.ML.Runtime;

namespace Microsoft.ML.Data;

/// <summary>Row mappers one after another.</summary>
internal sealed class CompositeRowMapper : IRowToRowMapper, IDisposable
{
    private readonly IRowToRowMapper[] _mappers;
    private bool _disposed;

    public CompositeRowMapper(DataViewSchema inputSchema, IRowToRowMapper[] mappers)
    {
        _mappers = mappers;
        InputSchema = inputSchema;
        OutputSchema = mappers.LastOrDefault()?.OutputSchema ?? inputSchema;
    }

    public DataViewSchema InputSchema { get; }

    public DataViewSchema OutputSchema { get; }

    public IEnumerable<DataViewSchema.Column> GetDependencies(IEnumerable<DataViewSchema.Column> dependingColumns)
    {
        for (int i = _mappers.Length - 1; i >= 0; i--)
            dependingColumns = _mappers[i].GetDependencies(dependingColumns);
        return dependingColumns;
    }

    public DataViewRow GetRow(DataViewRow input, IEnumerable<DataViewSchema.Column> activeColumns)
    {
        Contracts.CheckValue(input, nameof(input));
        Contracts.CheckValue(activeColumns, nameof(activeColumns));
        Contracts.CheckParam(input.Schema == InputSchema, nameof(input), "Schema did not match original schema");

        HashSet<int> active = [.. activeColumns.Select(column => column.Index)];
        IEnumerable<DataViewSchema.Column> needed = OutputSchema.Where(column => active.Contains(column.Index));
        if (_mappers.Length == 0)
        {
            foreach (DataViewSchema.Column column in needed)
            {
                if (!input.IsColumnActive(column))
                    throw Contracts.ExceptParam(nameof(input), $"Mapper required column '{column.Name}' active but it was not.");
            }

            return input;
        }

        // What each mapper must deliver is what the next one asks for: found from the end.
        var wanted = new IEnumerable<DataViewSchema.Column>[_mappers.Length];
        for (int i = _mappers.Length - 1; i >= 0; i--)
        {
            wanted[i] = needed;
            needed = _mappers[i].GetDependencies(needed);
        }

        DataViewRow row = input;
        for (int i = 0; i < _mappers.Length; i++)
            row = _mappers[i].GetRow(row, wanted[i]);
        return row;
    }

    public void Dispose()
    {
        if (_disposed)
            return;
        foreach (IRowToRowMapper mapper in _mappers)
            (mapper as IDisposable)?.Dispose();
        _disposed = true;
    }
}
