using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetNtd;

/// <summary>
/// The input columns of a combined column and its number of candidates, from its annotations. Errors about combined values name the columns.
/// </summary>
/// <param name="Previous">The column of the first half; null if it is not annotated.</param>
/// <param name="Current">The column of the candidates; null if it is not annotated.</param>
/// <param name="CandidatesPerToken">K, the number of candidates of each token; null if it is not annotated.</param>
internal readonly record struct CombinedSources(string? Previous, string? Current, int? CandidatesPerToken)
{
    /// <summary>Reads the annotations of a combined column.</summary>
    public static CombinedSources Read(DataViewSchema.Column combined) =>
        new(
            MaskAnnotations.Text(combined, AnnotationNames.PreviousColumn), MaskAnnotations.Text(combined, AnnotationNames.CurrentColumn),
            MaskAnnotations.Number(combined, AnnotationNames.CandidatesPerToken));

    /// <summary>Adds the annotations to a column's.</summary>
    public void AddTo(DataViewSchema.Annotations.Builder annotations)
    {
        if (Previous is not null)
            MaskAnnotations.AddText(annotations, AnnotationNames.PreviousColumn, Previous);
        if (Current is not null)
            MaskAnnotations.AddText(annotations, AnnotationNames.CurrentColumn, Current);
        if (CandidatesPerToken is { } candidates)
            annotations.Add(AnnotationNames.CandidatesPerToken, NumberDataViewType.Int32, (ValueGetter<int>)((ref int value) => value = candidates));
    }

    /// <summary>Gets the shapes of the annotations, which an estimator knows before it sees data.</summary>
    public static IEnumerable<SchemaShape.Column> Shapes() =>
    [
        SchemaShapeColumns.Scalar(AnnotationNames.PreviousColumn, TextDataViewType.Instance),
        SchemaShapeColumns.Scalar(AnnotationNames.CurrentColumn, TextDataViewType.Instance),
        SchemaShapeColumns.Scalar(AnnotationNames.CandidatesPerToken, NumberDataViewType.Int32),
    ];

    /// <summary>Finds the input column and the token that a value of a combined row comes from.</summary>
    /// <param name="combined">The combined column's name.</param>
    /// <param name="index">The value's index in the row.</param>
    /// <param name="paddedTokens">P, the length of the context.</param>
    /// <param name="dimension">C.</param>
    /// <param name="candidatesPerToken">K, the number of candidates of each token.</param>
    /// <returns>
    /// The column and a description of the value's location in it. The column is the combined one if the input column is
    /// unknown or the value does not come from it.
    /// </returns>
    public (string Column, string Location) Locate(string combined, int index, int paddedTokens, int dimension, int candidatesPerToken = 1)
    {
        var (position, at) = (index / dimension, index % dimension);
        if (position >= paddedTokens)
        {
            var (token, candidate) = Math.DivRem(position - paddedTokens, candidatesPerToken);
            var which = candidatesPerToken == 1 ? "" : $", candidate {candidate}";
            var part = candidatesPerToken == 1 ? " of the candidates (the second half)" : " of the candidates (after the context)";
            return (Current ?? combined, $"token {token}{which}, dimension {at}{(Current is null ? part : "")}");
        }

        // The first half begins with the initial embedding, which shifts the other tokens by one position.
        if (position == 0)
            return (combined, $"dimension {at} of the initial embedding (position 0)");
        return (Previous ?? combined, $"token {position - 1}, dimension {at}{(Previous is null ? " of the context (the first half)" : "")}");
    }
}
