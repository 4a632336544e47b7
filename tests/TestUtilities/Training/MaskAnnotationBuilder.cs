using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetNtd.Tests;

/// <summary>Mask annotations of a column, chosen by the test.</summary>
internal static class MaskAnnotationBuilder
{
    /// <summary>Creates the annotations of a column that holds a mask, and the mask's kind if it is annotated.</summary>
    public static DataViewSchema.Annotations Create<T>(PrimitiveDataViewType item, T[] mask, MaskKind? kind = null)
    {
        var annotations = new DataViewSchema.Annotations.Builder();
        annotations.Add(
            AttentionMaskAnnotation.Name, new VectorDataViewType(item),
            (ValueGetter<VBuffer<T>>)((ref VBuffer<T> value) => value = new VBuffer<T>(mask.Length, [.. mask])));
        if (kind is not null)
            AddText(annotations, AttentionMaskAnnotation.KindName, $"{kind}");
        return annotations.ToAnnotations();
    }

    /// <summary>Creates the annotations of a column without a mask: the rule of its rows' masks, and their number of tokens.</summary>
    public static DataViewSchema.Annotations Create(string rule, int tokens)
    {
        var annotations = new DataViewSchema.Annotations.Builder();
        AddText(annotations, AttentionMaskAnnotation.RuleName, rule);
        annotations.Add(AttentionMaskAnnotation.TokensName, NumberDataViewType.Int32, (ValueGetter<int>)((ref int value) => value = tokens));
        return annotations.ToAnnotations();
    }

    private static void AddText(DataViewSchema.Annotations.Builder annotations, string name, string text) => annotations.Add(
        name, TextDataViewType.Instance, (ValueGetter<ReadOnlyMemory<char>>)((ref ReadOnlyMemory<char> value) => value = text.AsMemory()));
}
