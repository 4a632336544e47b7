using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace MlNetNtd;

/// <summary>What a column says, by annotations, of the masks of its rows.</summary>
/// <param name="Kind">How they are written; null where the column does not say, or holds no mask.</param>
/// <param name="Rule">What they follow; null where the column does not say.</param>
/// <param name="Tokens">T, where all rows have as many real tokens; else null.</param>
internal readonly record struct MaskAnnotations(MaskKind? Kind, MaskRule? Rule, int? Tokens)
{
    /// <summary>Reads them from a column.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The kind is none that this version knows.</exception>
    public static MaskAnnotations Read(IExceptionContext context, string role, DataViewSchema.Column column)
    {
        MaskKind? kind = null;
        if (column.Annotations.Schema.GetColumnOrNull(AnnotationNames.AttentionMaskKind) is not null)
        {
            var text = Text(column, AnnotationNames.AttentionMaskKind);
            // A kind that is not understood must not be read as another one. A rule that is not: then the values tell.
            kind = Parse<MaskKind>(text) ?? throw context.SchemaMismatch(
                role, column.Name,
                $"an annotation {AnnotationNames.AttentionMaskKind} of {string.Join(", ", Enum.GetNames<MaskKind>())}", text ?? "none of these");
        }

        return new MaskAnnotations(kind, Parse<MaskRule>(Text(column, AnnotationNames.AttentionMaskRule)), Number(column, AnnotationNames.AttentionMaskTokens));
    }

    /// <summary>Whether a column of token counts says that it counts those of a combined column.</summary>
    public static bool IsTokenCountOf(DataViewSchema.Column tokenCount, string combined) => Text(tokenCount, AnnotationNames.TokenCountOf) == combined;

    /// <summary>Writes them.</summary>
    public void AddTo(DataViewSchema.Annotations.Builder annotations)
    {
        if (Kind is { } kind)
            AddText(annotations, AnnotationNames.AttentionMaskKind, $"{kind}");
        if (Rule is { } rule)
            AddText(annotations, AnnotationNames.AttentionMaskRule, $"{rule}");
        if (Tokens is { } tokens)
            annotations.Add(AnnotationNames.AttentionMaskTokens, NumberDataViewType.Int32, (ValueGetter<int>)((ref int value) => value = tokens));
    }

    /// <summary>The annotation of a column of token counts.</summary>
    public static DataViewSchema.Annotations TokenCountAnnotation(string combined)
    {
        var annotations = new DataViewSchema.Annotations.Builder();
        AddText(annotations, AnnotationNames.TokenCountOf, combined);
        return annotations.ToAnnotations();
    }

    /// <summary>The annotations as an estimator knows them before any data.</summary>
    /// <param name="kind">Whether the column holds a mask.</param>
    /// <param name="tokens">Whether T is the same for all rows.</param>
    public static IEnumerable<SchemaShape.Column> Shapes(bool kind, bool tokens)
    {
        if (kind)
            yield return SchemaShapeColumns.Scalar(AnnotationNames.AttentionMaskKind, TextDataViewType.Instance);
        yield return SchemaShapeColumns.Scalar(AnnotationNames.AttentionMaskRule, TextDataViewType.Instance);
        if (tokens)
            yield return SchemaShapeColumns.Scalar(AnnotationNames.AttentionMaskTokens, NumberDataViewType.Int32);
    }

    /// <summary>Adds an annotation of one text.</summary>
    public static void AddText(DataViewSchema.Annotations.Builder annotations, string name, string value) =>
        annotations.Add(name, TextDataViewType.Instance, (ValueGetter<ReadOnlyMemory<char>>)((ref ReadOnlyMemory<char> text) => text = value.AsMemory()));

    private static TEnum? Parse<TEnum>(string? text)
        where TEnum : struct, Enum =>
        text is not null && Enum.GetNames<TEnum>().Contains(text) ? Enum.Parse<TEnum>(text) : null;

    /// <summary>The annotation of one text; null where there is none.</summary>
    public static string? Text(DataViewSchema.Column column, string name)
    {
        if (column.Annotations.Schema.GetColumnOrNull(name)?.Type is not TextDataViewType)
            return null;
        var text = default(ReadOnlyMemory<char>);
        column.Annotations.GetValue(name, ref text);
        return text.ToString();
    }

    /// <summary>A number that a column says by an annotation; null where it says none.</summary>
    public static int? Number(DataViewSchema.Column column, string name)
    {
        if (column.Annotations.Schema.GetColumnOrNull(name)?.Type != NumberDataViewType.Int32)
            return null;
        var number = 0;
        column.Annotations.GetValue(name, ref number);
        return number;
    }
}
