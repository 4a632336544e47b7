using Microsoft.ML;

namespace MlNetNtd;

/// <summary>An input schema with own columns behind it.</summary>
/// <remarks>
/// A column of the input keeps its index. An input column of the same name as an own column is hidden by it.
/// </remarks>
internal abstract class AppendingSchema(DataViewSchema input, DataViewSchema output)
{
    public DataViewSchema Input => input;

    public DataViewSchema Output => output;

    /// <summary>Whether an output column is an own one, and not the input's.</summary>
    public bool IsAdded(int outputIndex) => outputIndex >= input.Count;

    /// <summary>The input columns that an own column is made of.</summary>
    public abstract IEnumerable<DataViewSchema.Column> GetInputsOf(int ownIndex);

    /// <summary>The input columns that some output columns need, each once.</summary>
    public IEnumerable<DataViewSchema.Column> GetDependencies(IEnumerable<DataViewSchema.Column> outputColumns)
    {
        var needed = new bool[input.Count];
        foreach (var column in outputColumns)
        {
            if (!IsAdded(column.Index))
            {
                needed[column.Index] = true;
                continue;
            }

            foreach (var source in GetInputsOf(column.Index))
                needed[source.Index] = true;
        }

        return input.Where(column => needed[column.Index]);
    }
}
