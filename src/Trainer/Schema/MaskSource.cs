using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace MlNetNtd;

/// <summary>Where the masks of a view's rows come from, decided once, when its schema is known.</summary>
/// <remarks>
/// Where annotations say that every row follows the next-token rule, and how many of its tokens are real can be known
/// without a mask, no mask is read at all. So it is where no mask is named and nothing is said. Else the values tell.
/// </remarks>
internal sealed record MaskSource
{
    /// <summary>The column whose values are read for each row; null: none is.</summary>
    public DataViewSchema.Column? Column { get; private init; }

    /// <summary>The one mask of all rows, from the annotation of the feature column, where it is another than the rule's.</summary>
    public AttentionMask? Shared { get; private init; }

    /// <summary>P of the annotation that holds the mask; null: rows may be of any length.</summary>
    public int? PaddedTokens { get; private init; }

    /// <summary>T, the real tokens of every row, where the schema says it and they are not all.</summary>
    public int? Tokens { get; private init; }

    /// <summary>How a Boolean mask is read: what its column says, else the option.</summary>
    public required MaskKind Kind { get; init; }

    /// <summary>Whether the mask is Boolean; a mask of Single is additive.</summary>
    public required bool IsBoolean { get; init; }

    /// <summary>Whether <see cref="Kind"/> is what the column says.</summary>
    public required bool KindIsAnnotated { get; init; }

    /// <summary>Whether <c>true</c> blocks in a Boolean mask.</summary>
    public bool TrueMeansBlocked => Kind != MaskKind.Allowed;

    /// <summary>How it was decided, for the log.</summary>
    public required string Description { get; init; }

    /// <summary>Decides.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing, of the wrong type or size, or contradicts itself.</exception>
    public static MaskSource Resolve(
        IExceptionContext context, DataViewSchema schema, InputColumnNames names, DataViewSchema.Column feature,
        DataViewSchema.Column? tokenCount, int? paddedTokens)
    {
        var said = MaskAnnotations.Read(context, BoundInputColumns.FeatureRole, feature);
        var countsTokens = tokenCount is { } column && MaskAnnotations.IsTokenCountOf(column, feature.Name);
        return names.Mask is null
            ? OfFeature(context, names, feature, said, tokenCount is not null, paddedTokens)
            : OfColumn(context, schema.GetColumnOrNull(names.Mask) ?? throw context.MissingColumn(BoundInputColumns.MaskRole, names.Mask), names, said, countsTokens, paddedTokens);
    }

    private static MaskSource OfColumn(
        IExceptionContext context, DataViewSchema.Column mask, InputColumnNames names, MaskAnnotations feature, bool countsTokens, int? paddedTokens)
    {
        CheckType(context, mask, names.MaskKind, paddedTokens);
        var said = MaskAnnotations.Read(context, BoundInputColumns.MaskRole, mask);
        CheckKind(context, BoundInputColumns.MaskRole, mask.Name, said.Kind, ((VectorDataViewType)mask.Type).ItemType);
        var reading = new MaskSource
        {
            Kind = said.Kind ?? names.MaskKind,
            KindIsAnnotated = said.Kind is not null,
            IsBoolean = ((VectorDataViewType)mask.Type).ItemType == BooleanDataViewType.Instance,
            Description = $"the values of column '{mask.Name}', row by row",
            Column = mask,
        };

        // Where the two columns contradict each other, one of them is another stage's: neither is believed.
        var agree = feature.Rule is null || feature.Rule == said.Rule;
        return agree && KnowsTokens(said, countsTokens)
            ? ByRule(context, reading, BoundInputColumns.MaskRole, mask.Name, said, paddedTokens)
            : reading;
    }

    private static MaskSource OfFeature(
        IExceptionContext context, InputColumnNames names, DataViewSchema.Column feature, MaskAnnotations said, bool hasCount, int? paddedTokens)
    {
        var annotation = feature.Annotations.Schema.GetColumnOrNull(AnnotationNames.AttentionMask);
        var reading = new MaskSource
        {
            Kind = said.Kind ?? names.MaskKind,
            KindIsAnnotated = said.Kind is not null,
            IsBoolean = (annotation?.Type as VectorDataViewType)?.ItemType == BooleanDataViewType.Instance,
            Description = $"the next-token rule: MaskColumnName is null, and column '{feature.Name}' has no mask of its own",
        };
        if (annotation is { } found)
            CheckAnnotation(context, names, feature, said, found.Type);
        if (KnowsTokens(said, hasCount))
            return ByRule(context, reading, BoundInputColumns.FeatureRole, feature.Name, said, paddedTokens);
        if (annotation is not null)
            return OfAnnotation(context, reading, feature, paddedTokens);
        return said.Rule is null
            ? reading
            : throw context.SchemaMismatch(
                BoundInputColumns.FeatureRole, feature.Name, "padding that can be told from tokens, as MaskColumnName is null",
                $"the annotation {AnnotationNames.AttentionMaskRule} {said.Rule}", ColumnRequirements.PaddingAdvice);
    }

    private static bool KnowsTokens(MaskAnnotations said, bool counted) => said.Rule switch
    {
        MaskRule.NextToken => true,
        MaskRule.PaddedNextToken => said.Tokens is not null || counted,
        _ => false,
    };

    private static MaskSource ByRule(
        IExceptionContext context, MaskSource reading, string role, string name, MaskAnnotations said, int? paddedTokens)
    {
        var tokens = said.Rule == MaskRule.PaddedNextToken ? said.Tokens : null;
        if (tokens < 1 || tokens > paddedTokens)
        {
            throw context.SchemaMismatch(
                role, name, $"an annotation {AnnotationNames.AttentionMaskTokens} of 1 to {paddedTokens?.ToString() ?? "P"} tokens", $"{tokens}");
        }

        return reading with
        {
            Column = null,
            Tokens = tokens,
            Description = $"the next-token rule, by the annotation {AnnotationNames.AttentionMaskRule} of column '{name}'; no mask is read",
        };
    }

    private static MaskSource OfAnnotation(IExceptionContext context, MaskSource reading, DataViewSchema.Column feature, int? paddedTokens)
    {
        bool[] flags = reading.IsBoolean ? Read<bool>(feature) : [];
        float[] values = reading.IsBoolean ? [] : Read<float>(feature);
        var length = flags.Length + values.Length;
        var padded = paddedTokens ?? (int)Math.Sqrt(length) / 2;
        if (padded == 0 || length != 4L * padded * padded)
        {
            var side = paddedTokens is { } known ? $"{2 * known}" : "2P";
            throw context.SchemaMismatch(
                BoundInputColumns.FeatureRole, feature.Name, $"an annotation {AnnotationNames.AttentionMask} of {side} * {side} values", $"{length}");
        }

        var table = new MaskInterner();
        var (mask, tokens) = reading.IsBoolean ? table.Read(flags, padded, reading.TrueMeansBlocked) : table.Read(values, padded);
        if (mask?.Validate(reading) is { } problem)
        {
            throw context.SchemaMismatch(
                BoundInputColumns.FeatureRole, feature.Name, $"in the annotation {AnnotationNames.AttentionMask} {problem.Expected}", problem.Found);
        }

        var follows = mask is null ? ", whose values follow the next-token rule" : "";
        return reading with
        {
            Shared = mask,
            PaddedTokens = padded,
            Tokens = tokens,
            Description = $"the annotation {AnnotationNames.AttentionMask} of column '{feature.Name}'{follows}",
        };
    }

    private static void CheckType(IExceptionContext context, DataViewSchema.Column mask, MaskKind kind, int? paddedTokens)
    {
        if (mask.Type is not VectorDataViewType type || !ColumnRequirements.IsMask(type.ItemType, kind))
            throw context.SchemaMismatch(BoundInputColumns.MaskRole, mask.Name, ColumnRequirements.Mask(kind), mask.Type, ColumnRequirements.MaskAdvice(kind));
        if (type.IsKnownSize && paddedTokens is { } tokens && type.Size != 4L * tokens * tokens)
        {
            throw context.SchemaMismatch(
                BoundInputColumns.MaskRole, mask.Name, $"{2 * tokens} * {2 * tokens} values, as the feature column has 2 * {tokens} embeddings", type);
        }
    }

    private static void CheckAnnotation(
        IExceptionContext context, InputColumnNames names, DataViewSchema.Column feature, MaskAnnotations said, DataViewType found)
    {
        if (found is not VectorDataViewType type || !ColumnRequirements.IsMask(type.ItemType, names.MaskKind))
        {
            throw context.SchemaMismatch(
                BoundInputColumns.FeatureRole, feature.Name,
                $"the annotation {AnnotationNames.AttentionMask}, {ColumnRequirements.Mask(names.MaskKind)}, as MaskColumnName is null", found);
        }

        CheckKind(context, BoundInputColumns.FeatureRole, feature.Name, said.Kind, type.ItemType);
    }

    // A mask that was converted from one item type to another means something else than its annotation says.
    private static void CheckKind(IExceptionContext context, string role, string name, MaskKind? said, DataViewType item)
    {
        if (said is { } kind && (kind == MaskKind.Additive) != (item == NumberDataViewType.Single))
        {
            throw context.SchemaMismatch(
                role, name, $"a mask of {(kind == MaskKind.Additive ? "Single" : "Boolean")}, as its annotation {AnnotationNames.AttentionMaskKind} says {kind}",
                item, "Have the stage write the kind of mask that is wanted (MaskKind), instead of converting it.");
        }
    }

    private static T[] Read<T>(DataViewSchema.Column feature)
    {
        var values = default(VBuffer<T>);
        feature.Annotations.GetValue(AnnotationNames.AttentionMask, ref values);
        return [.. values.DenseValues()];
    }
}
