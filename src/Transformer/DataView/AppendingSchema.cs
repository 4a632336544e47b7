using Microsoft.ML;

namespace MlNetNtd;

/// <summary>A schema that appends columns to an input schema.</summary>
/// <remarks>
/// Input columns keep their indices. An added column hides an input column of the same name.
/// </remarks>
internal abstract class AppendingSchema(DataViewSchema input, DataViewSchema output)
{
    public DataViewSchema Input => input;

    public DataViewSchema Output => output;

    /// <summary>Gets whether an output column is an added one; otherwise it is the input's.</summary>
    public bool IsAdded(int outputIndex) => outputIndex >= input.Count;

    /// <summary>Gets the input columns that an added column is computed from.</summary>
    public abstract IEnumerable<DataViewSchema.Column> GetInputsOf(int addedIndex);

    /// <summary>Gets the input columns that the given output columns need, each once.</summary>
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
