using System.Diagnostics.CodeAnalysis;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetNtd;

/// <summary>
/// The attention mask as an annotation of the combined column. Where the schema tells T, every row has the same
/// mask: here it is computed once and costs a row nothing.
/// </summary>
/// <remarks>
/// The annotation is a vector of (2P, 2P) values, row-major (query, key): Boolean for <see cref="MaskKind.Blocked"/>
/// and <see cref="MaskKind.Allowed"/>, Single for <see cref="MaskKind.Additive"/>. It is not there where the input
/// columns are of unknown size, because masks then differ from row to row.
/// </remarks>
public static class AttentionMaskAnnotation
{
    /// <summary>The name of the annotation.</summary>
    public const string Name = AnnotationNames.AttentionMask;

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
        if (column.Annotations.Schema.GetColumnOrNull(Name)?.Type is not VectorDataViewType type
            || type.ItemType.RawType != typeof(TItem))
        {
            return false;
        }

        var values = default(VBuffer<TItem>);
        column.Annotations.GetValue(Name, ref values);
        mask = values.DenseValues().ToArray();
        return true;
    }
}
