using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace MlNetNtd;

/// <summary>The annotations of a column that describe its rows' masks.</summary>
/// <param name="Kind">The form of the masks; null if it is not annotated or the column holds no mask.</param>
/// <param name="Rule">The rule of the masks; null if it is not annotated.</param>
/// <param name="Tokens">T, if all rows have the same number of tokens; otherwise null.</param>
internal readonly record struct MaskAnnotations(MaskKind? Kind, MaskRule? Rule, int? Tokens)
{
    /// <summary>Reads the annotations of a column.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The annotated mask kind is unknown to this version.</exception>
    public static MaskAnnotations Read(IExceptionContext context, string role, DataViewSchema.Column column)
    {
        MaskKind? kind = null;
        if (column.Annotations.Schema.GetColumnOrNull(AnnotationNames.AttentionMaskKind) is not null)
        {
            var text = Text(column, AnnotationNames.AttentionMaskKind);
            // A mask of an unknown kind would be misread. An unknown rule is harmless: the mask's values are read instead.
            kind = Parse<MaskKind>(text) ?? throw context.SchemaMismatch(
                role, column.Name,
                $"an annotation {AnnotationNames.AttentionMaskKind} of {string.Join(", ", Enum.GetNames<MaskKind>())}", text ?? "none of these");
        }

        return new MaskAnnotations(kind, Parse<MaskRule>(Text(column, AnnotationNames.AttentionMaskRule)), Number(column, AnnotationNames.AttentionMaskTokens));
    }

    /// <summary>Gets whether a token count column's annotation names a combined column.</summary>
    public static bool IsTokenCountOf(DataViewSchema.Column tokenCount, string combined) => Text(tokenCount, AnnotationNames.TokenCountOf) == combined;

    /// <summary>Adds the annotations to a column's.</summary>
    public void AddTo(DataViewSchema.Annotations.Builder annotations)
    {
        if (Kind is { } kind)
            AddText(annotations, AnnotationNames.AttentionMaskKind, $"{kind}");
        if (Rule is { } rule)
            AddText(annotations, AnnotationNames.AttentionMaskRule, $"{rule}");
        if (Tokens is { } tokens)
            annotations.Add(AnnotationNames.AttentionMaskTokens, NumberDataViewType.Int32, (ValueGetter<int>)((ref int value) => value = tokens));
    }

    /// <summary>Creates the annotations of a token count column.</summary>
    /// <param name="combined">The name of the combined column whose tokens it counts.</param>
    public static DataViewSchema.Annotations TokenCountAnnotation(string combined)
    {
        var annotations = new DataViewSchema.Annotations.Builder();
        AddText(annotations, AnnotationNames.TokenCountOf, combined);
        return annotations.ToAnnotations();
    }

    /// <summary>Gets the shapes of the annotations, which an estimator knows before it sees data.</summary>
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

    /// <summary>Adds a Text annotation.</summary>
    public static void AddText(DataViewSchema.Annotations.Builder annotations, string name, string value) =>
        annotations.Add(name, TextDataViewType.Instance, (ValueGetter<ReadOnlyMemory<char>>)((ref ReadOnlyMemory<char> text) => text = value.AsMemory()));

    private static TEnum? Parse<TEnum>(string? text)
        where TEnum : struct, Enum =>
        text is not null && Enum.GetNames<TEnum>().Contains(text) ? Enum.Parse<TEnum>(text) : null;

    /// <summary>Reads a Text annotation; null if there is none.</summary>
    public static string? Text(DataViewSchema.Column column, string name)
    {
        if (column.Annotations.Schema.GetColumnOrNull(name)?.Type is not TextDataViewType)
            return null;
        var text = default(ReadOnlyMemory<char>);
        column.Annotations.GetValue(name, ref text);
        return text.ToString();
    }

    /// <summary>Reads an Int32 annotation; null if there is none.</summary>
    public static int? Number(DataViewSchema.Column column, string name)
    {
        if (column.Annotations.Schema.GetColumnOrNull(name)?.Type != NumberDataViewType.Int32)
            return null;
        var number = 0;
        column.Annotations.GetValue(name, ref number);
        return number;
    }
}
