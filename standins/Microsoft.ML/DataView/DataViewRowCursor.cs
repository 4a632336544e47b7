namespace Microsoft.ML;

/// <summary>A row that walks over the rows of a view.</summary>
public abstract class DataViewRowCursor : DataViewRow
{
    /// <summary>Goes to the next row. False, and false ever after, once there is none.</summary>
    public abstract bool MoveNext();
}
