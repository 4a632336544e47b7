using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetNtd.Tests;

/// <summary>What a column says of the masks of its rows, as a test wants it said.</summary>
internal static class MaskAnnotationBuilder
{
    /// <summary>A mask, and what is said of it beside.</summary>
    public static DataViewSchema.Annotations Create<T>(PrimitiveDataViewType item, T[] mask, MaskAnnotations facts = default)
    {
        var annotations = new DataViewSchema.Annotations.Builder();
        annotations.Add(
            AttentionMaskAnnotation.Name, new VectorDataViewType(item),
            (ValueGetter<VBuffer<T>>)((ref VBuffer<T> value) => value = new VBuffer<T>(mask.Length, [.. mask])));
        facts.AddTo(annotations);
        return annotations.ToAnnotations();
    }

    /// <summary>No mask, and what is said of it.</summary>
    public static DataViewSchema.Annotations Create(MaskAnnotations facts)
    {
        var annotations = new DataViewSchema.Annotations.Builder();
        facts.AddTo(annotations);
        return annotations.ToAnnotations();
    }
}
