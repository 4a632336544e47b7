using Microsoft.ML.Runtime;

namespace Microsoft.ML.Data;

/// <summary>What cursors and rows share: which columns are active, and handing out typed getters.</summary>
internal static class Getters
{
    public const string NoRowMessage = "Values cannot be fetched at this time. This method was called either before the first "
        + "call to MoveNext, or at any point after that method returned false.";

    /// <summary>Which columns of a schema are asked for, by index.</summary>
    public static bool[] Active(IEnumerable<DataViewSchema.Column> columnsNeeded, DataViewSchema schema)
    {
        Contracts.CheckValue(columnsNeeded, nameof(columnsNeeded));
        var active = new bool[schema.Count];
        foreach (DataViewSchema.Column column in columnsNeeded)
        {
            if (column.Index >= active.Length)
                throw Contracts.Except($"The requested column: {column} is not part of the sourceSchema");
            active[column.Index] = true;
        }

        return active;
    }

    /// <summary>A getter as the caller wants it, or an exception that names both types.</summary>
    public static ValueGetter<TValue> Typed<TValue>(IExceptionContext context, Delegate getter, string where = "")
        => getter as ValueGetter<TValue>
            ?? throw context.Except(
                $"Invalid TValue{where}: '{typeof(TValue)}', expected type: '{getter.GetType().GetGenericArguments()[0]}'.");

    /// <summary>The getter of a column whose type is known only at run time.</summary>
    public static Delegate Untyped(DataViewRow row, DataViewSchema.Column column)
        => Generic.Call<Delegate>(column.Type.RawType, typeof(Getters), nameof(UntypedCore), row, column);

    private static ValueGetter<TValue> UntypedCore<TValue>(DataViewRow row, DataViewSchema.Column column)
        => row.GetGetter<TValue>(column);
}
