using Microsoft.ML.Data;
using Microsoft.ML.Transforms;

namespace Microsoft.ML;

/// <summary>Transforms that work on columns as they are.</summary>
public static class TransformExtensionsCatalog
{
    /// <summary>Copies a column, values and annotations, under another name.</summary>
    public static ColumnCopyingEstimator CopyColumns(
        this TransformsCatalog catalog, string outputColumnName, string inputColumnName)
        => new(CatalogUtils.GetEnvironment(catalog), (outputColumnName, inputColumnName));
}
