using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetNtd;

/// <summary>The input columns of a combined column, from its annotations. Errors about combined values name them.</summary>
/// <param name="Previous">The column of the first half; null if it is not annotated.</param>
/// <param name="Current">The column of the second half; null if it is not annotated.</param>
internal readonly record struct CombinedSources(string? Previous, string? Current)
{
    /// <summary>Reads the annotations of a combined column.</summary>
    public static CombinedSources Read(DataViewSchema.Column combined) =>
        new(MaskAnnotations.Text(combined, AnnotationNames.PreviousColumn), MaskAnnotations.Text(combined, AnnotationNames.CurrentColumn));

    /// <summary>Adds the annotations to a column's.</summary>
    public void AddTo(DataViewSchema.Annotations.Builder annotations)
    {
        if (Previous is not null)
            MaskAnnotations.AddText(annotations, AnnotationNames.PreviousColumn, Previous);
        if (Current is not null)
            MaskAnnotations.AddText(annotations, AnnotationNames.CurrentColumn, Current);
    }

    /// <summary>Gets the shapes of the annotations, which an estimator knows before it sees data.</summary>
    public static IEnumerable<SchemaShape.Column> Shapes() =>
    [
        SchemaShapeColumns.Scalar(AnnotationNames.PreviousColumn, TextDataViewType.Instance),
        SchemaShapeColumns.Scalar(AnnotationNames.CurrentColumn, TextDataViewType.Instance),
    ];

    /// <summary>Finds the input column and the token that a value of a combined row comes from.</summary>
    /// <param name="combined">The combined column's name.</param>
    /// <param name="index">The value's index in the row.</param>
    /// <param name="paddedTokens">P, the length of each half.</param>
    /// <param name="dimension">C.</param>
    /// <returns>
    /// The column and a description of the value's location in it. The column is the combined one if the input column is
    /// unknown or the value does not come from it.
    /// </returns>
    public (string Column, string Location) Locate(string combined, int index, int paddedTokens, int dimension)
    {
        var (position, at) = (index / dimension, index % dimension);
        if (position >= paddedTokens)
            return (Current ?? combined, $"token {position - paddedTokens}, dimension {at}{(Current is null ? " of the candidates (the second half)" : "")}");
        // The first half begins with the initial embedding, which shifts the other tokens by one position.
        if (position == 0)
            return (combined, $"dimension {at} of the initial embedding (position 0)");
        return (Previous ?? combined, $"token {position - 1}, dimension {at}{(Previous is null ? " of the context (the first half)" : "")}");
    }
}
