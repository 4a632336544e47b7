using System.Diagnostics.CodeAnalysis;
using Microsoft.ML.Data;
using MlNetNtd;

// Where ML.NET's own extension methods are: whoever has a schema sees these too.
namespace Microsoft.ML;

/// <summary>Reads the attention mask that a schema holds, see <see cref="AttentionMaskAnnotation"/>.</summary>
public static class AttentionMaskExtensions
{
    /// <summary>Reads a Boolean mask from a schema, through any later stage that keeps the combined column.</summary>
    /// <param name="schema">A schema that may hold the combined column.</param>
    /// <param name="columnName">The combined column.</param>
    /// <param name="mask">(2P, 2P) values, row-major (query, key), in the stage's <see cref="MaskKind"/>.</param>
    /// <returns>False where the column, its annotation or a Boolean mask is not there.</returns>
    public static bool TryGetAttentionMask(
        this DataViewSchema schema, string columnName, [NotNullWhen(true)] out bool[]? mask) => TryGet(schema, columnName, out mask);

    /// <summary>Reads an additive mask from a schema, through any later stage that keeps the combined column.</summary>
    /// <param name="schema">A schema that may hold the combined column.</param>
    /// <param name="columnName">The combined column.</param>
    /// <param name="mask">(2P, 2P) values, row-major (query, key): 0 or negative infinity.</param>
    /// <returns>False where the column, its annotation or an additive mask is not there.</returns>
    public static bool TryGetAttentionMask(
        this DataViewSchema schema, string columnName, [NotNullWhen(true)] out float[]? mask) => TryGet(schema, columnName, out mask);

    private static bool TryGet<TItem>(DataViewSchema schema, string columnName, [NotNullWhen(true)] out TItem[]? mask)
    {
        ArgumentNullException.ThrowIfNull(schema);
        ArgumentNullException.ThrowIfNull(columnName);

        mask = null;
        if (schema.GetColumnOrNull(columnName) is not { } column)
            return false;
        if (column.Annotations.Schema.GetColumnOrNull(AttentionMaskAnnotation.Name)?.Type is not VectorDataViewType type
            || type.ItemType.RawType != typeof(TItem))
        {
            return false;
        }

        var values = default(VBuffer<TItem>);
        column.Annotations.GetValue(AttentionMaskAnnotation.Name, ref values);
        mask = values.DenseValues().ToArray();
        return true;
    }
}
