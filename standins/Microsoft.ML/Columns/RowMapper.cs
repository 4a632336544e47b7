using Microsoft.ML.Runtime;

namespace Microsoft.ML.Data;

/// <summary>A mapping as a row mapper.</summary>
internal sealed class RowMapper : IRowToRowMapper
{
    private readonly IHost _host;
    private readonly RowMapping _mapping;

    public RowMapper(IHost host, RowMapping mapping) => (_host, _mapping) = (host, mapping);

    public DataViewSchema InputSchema => _mapping.InputSchema;

    public DataViewSchema OutputSchema => _mapping.OutputSchema;

    public IEnumerable<DataViewSchema.Column> GetDependencies(IEnumerable<DataViewSchema.Column> dependingColumns)
        => _mapping.Dependencies(Getters.Active(dependingColumns, OutputSchema));

    public DataViewRow GetRow(DataViewRow input, IEnumerable<DataViewSchema.Column> activeColumns)
    {
        _host.CheckValue(input, nameof(input));
        _host.CheckValue(activeColumns, nameof(activeColumns));
        _host.Check(input.Schema == InputSchema, "Schema of input row must be the same as the schema the mapper is bound to");
        return new MappedRow(input, _mapping, Getters.Active(activeColumns, OutputSchema));
    }
}
