using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetNtd;

/// <summary>The two input columns that a combined column is made of, as its annotations name them: errors are about those.</summary>
/// <param name="Previous">Of the first half; null where the column does not say.</param>
/// <param name="Current">Of the second half; null where the column does not say.</param>
internal readonly record struct CombinedSources(string? Previous, string? Current)
{
    /// <summary>Reads them from a combined column.</summary>
    public static CombinedSources Read(DataViewSchema.Column combined) =>
        new(MaskAnnotations.Text(combined, AnnotationNames.PreviousColumn), MaskAnnotations.Text(combined, AnnotationNames.CurrentColumn));

    /// <summary>Writes them.</summary>
    public void AddTo(DataViewSchema.Annotations.Builder annotations)
    {
        if (Previous is not null)
            MaskAnnotations.AddText(annotations, AnnotationNames.PreviousColumn, Previous);
        if (Current is not null)
            MaskAnnotations.AddText(annotations, AnnotationNames.CurrentColumn, Current);
    }

    /// <summary>The annotations as an estimator knows them before any data.</summary>
    public static IEnumerable<SchemaShape.Column> Shapes() =>
    [
        SchemaShapeColumns.Scalar(AnnotationNames.PreviousColumn, TextDataViewType.Instance),
        SchemaShapeColumns.Scalar(AnnotationNames.CurrentColumn, TextDataViewType.Instance),
    ];

    /// <summary>Says which value of an input column a value of a combined row is.</summary>
    /// <param name="combined">The combined column's name.</param>
    /// <param name="index">The value's place in the row.</param>
    /// <param name="paddedTokens">P, the length of each half.</param>
    /// <param name="dimension">C.</param>
    /// <returns>The column to name, and the value's place in it. Where the column is not known, or did not give the value: the combined one.</returns>
    public (string Column, string Place) Locate(string combined, int index, int paddedTokens, int dimension)
    {
        var (position, at) = (index / dimension, index % dimension);
        if (position >= paddedTokens)
            return (Current ?? combined, $"token {position - paddedTokens}, dimension {at}{(Current is null ? " of the candidates (the second half)" : "")}");
        // The first half begins with the initial embedding, so its other tokens are one place further on than in their column.
        if (position == 0)
            return (combined, $"dimension {at} of the initial embedding (position 0)");
        return (Previous ?? combined, $"token {position - 1}, dimension {at}{(Previous is null ? " of the context (the first half)" : "")}");
    }
}
