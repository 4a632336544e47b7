using System.Diagnostics.CodeAnalysis;
using Microsoft.ML.Data;
using MlNetNtd;

// ML.NET's own namespace: the methods are visible wherever a schema is.
namespace Microsoft.ML;

/// <summary>Reads the attention mask from a schema, see <see cref="AttentionMaskAnnotation"/>.</summary>
public static class AttentionMaskExtensions
{
    /// <summary>Reads a Boolean mask from a schema. Later transforms that keep the combined column keep the mask.</summary>
    /// <param name="schema">A schema that may hold the combined column.</param>
    /// <param name="columnName">The name of the combined column.</param>
    /// <param name="mask">(P + K * P, P + K * P) values, row-major (query, key), in the transform's <see cref="MaskKind"/>.</param>
    /// <returns>False if the column or its annotation is absent, or if the mask is not Boolean.</returns>
    public static bool TryGetAttentionMask(
        this DataViewSchema schema, string columnName, [NotNullWhen(true)] out bool[]? mask) => TryGet(schema, columnName, out mask);

    /// <summary>Reads an additive mask from a schema. Later transforms that keep the combined column keep the mask.</summary>
    /// <param name="schema">A schema that may hold the combined column.</param>
    /// <param name="columnName">The name of the combined column.</param>
    /// <param name="mask">(P + K * P, P + K * P) values, row-major (query, key): 0 or negative infinity.</param>
    /// <returns>False if the column or its annotation is absent, or if the mask is not additive.</returns>
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
