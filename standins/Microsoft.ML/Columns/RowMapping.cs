namespace Microsoft.ML.Data;

/// <summary>
/// Columns that a transformer adds to a schema, and how each is made of input columns.
/// A column of a new name goes to the end; one that hides others goes right behind the last of them.
/// </summary>
internal abstract class RowMapping
{
    /// <summary>For each output column the input column's index, or the complement of the added column's.</summary>
    private readonly List<int> _origins;
    private readonly DataViewSchema.DetachedColumn[] _added;

    protected RowMapping(DataViewSchema inputSchema, DataViewSchema.DetachedColumn[] added)
    {
        InputSchema = inputSchema;
        _added = added;
        _origins = [.. Enumerable.Range(0, inputSchema.Count)];
        for (int i = 0; i < added.Length; i++)
        {
            int hidden = _origins.FindLastIndex(origin => Detached(origin).Name == added[i].Name);
            _origins.Insert(hidden < 0 ? _origins.Count : hidden + 1, ~i);
        }

        var builder = new DataViewSchema.Builder();
        builder.AddColumns(_origins.Select(Detached));
        OutputSchema = builder.ToSchema();
    }

    public DataViewSchema InputSchema { get; }

    public DataViewSchema OutputSchema { get; }

    public IEnumerable<DataViewSchema.Column> Dependencies(bool[] activeOutput)
    {
        var active = new bool[InputSchema.Count];
        for (int i = 0; i < activeOutput.Length; i++)
        {
            if (activeOutput[i])
                active[TryMapToInput(i, out int input) ? input : SourceOf(~_origins[i])] = true;
        }

        return InputSchema.Where(column => active[column.Index]);
    }

    /// <summary>Where an output column passes an input column through, its index.</summary>
    public bool TryMapToInput(int output, out int input)
    {
        input = _origins[output];
        return input >= 0;
    }

    /// <summary>The getters of the active added columns, at the places of the output columns.</summary>
    public Delegate[] AddedGetters(DataViewRow input, bool[] activeOutput)
        => [.. _origins.Select((origin, i) => origin < 0 && activeOutput[i] ? MakeGetter(input, ~origin) : null)];

    protected abstract int SourceOf(int added);

    protected abstract Delegate MakeGetter(DataViewRow input, int added);

    private DataViewSchema.DetachedColumn Detached(int origin)
        => origin >= 0 ? new DataViewSchema.DetachedColumn(InputSchema[origin]) : _added[~origin];
}
