using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetNtd;

/// <summary>Maps one row at a time, as a prediction engine does.</summary>
/// <param name="schema">The columns.</param>
/// <param name="createGetters">Creates the getters of an input row.</param>
internal sealed class RowMapper(AppendingSchema schema, Func<DataViewRow, ActiveColumns, RowGetters> createGetters) : IRowToRowMapper
{
    public DataViewSchema InputSchema => schema.Input;

    public DataViewSchema OutputSchema => schema.Output;

    public IEnumerable<DataViewSchema.Column> GetDependencies(IEnumerable<DataViewSchema.Column> dependingColumns) =>
        schema.GetDependencies(dependingColumns);

    public DataViewRow GetRow(DataViewRow input, IEnumerable<DataViewSchema.Column> activeColumns)
    {
        ArgumentNullException.ThrowIfNull(input);
        return new MappedRow(createGetters(input, new ActiveColumns(schema.Output, activeColumns)));
    }
}
