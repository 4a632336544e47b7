using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace MlNetNtd;

/// <summary>The source of the masks of a view's rows. It is determined once, from the schema.</summary>
/// <remarks>
/// No mask is read if annotations say that every row follows the next-token rule and the number of real tokens is known without a mask,
/// or if no mask column is named and there are no annotations. Otherwise the values are read.
/// </remarks>
internal sealed record MaskSource
{
    /// <summary>Gets the column whose values are read for each row; null if none is read.</summary>
    public DataViewSchema.Column? Column { get; private init; }

    /// <summary>Gets the mask of all rows from the annotation of the feature column; null if it follows the rule or there is none.</summary>
    public AttentionMask? Shared { get; private init; }

    /// <summary>Gets P of the mask in the annotation; null if rows may have any length.</summary>
    public int? PaddedTokens { get; private init; }

    /// <summary>Gets T, the number of real tokens of every row, if the schema says it and rows are padded; otherwise null.</summary>
    public int? Tokens { get; private init; }

    /// <summary>Gets how a Boolean mask is read: by the annotation of its column, or else by the option.</summary>
    public required MaskKind Kind { get; init; }

    /// <summary>Gets whether the mask is Boolean. A mask of Single is additive.</summary>
    public required bool IsBoolean { get; init; }

    /// <summary>Gets whether <see cref="Kind"/> comes from an annotation of the column.</summary>
    public required bool KindIsAnnotated { get; init; }

    /// <summary>Gets whether <c>true</c> means blocked in a Boolean mask.</summary>
    public bool TrueMeansBlocked => Kind != MaskKind.Allowed;

    /// <summary>Gets a description of the source, for the log.</summary>
    public required string Description { get; init; }

    /// <summary>Determines the source from a schema.</summary>
    /// <param name="context">Marks errors.</param>
    /// <param name="schema">The schema of the input.</param>
    /// <param name="names">The names of the columns.</param>
    /// <param name="feature">The column of combined sequences.</param>
    /// <param name="tokenCount">The column of token counts; null if there is none.</param>
    /// <param name="paddedTokens">P, if the type of the feature column says it.</param>
    /// <param name="candidatesPerToken">K, the number of candidates of each token.</param>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing, of the wrong type or size, or contradicts itself.</exception>
    public static MaskSource Resolve(
        IExceptionContext context, DataViewSchema schema, InputColumnNames names, DataViewSchema.Column feature,
        DataViewSchema.Column? tokenCount, int? paddedTokens, int candidatesPerToken)
    {
        var annotations = MaskAnnotations.Read(context, BoundInputColumns.FeatureRole, feature);
        var countsTokens = tokenCount is { } column && MaskAnnotations.IsTokenCountOf(column, feature.Name);
        return names.Mask is null
            ? FromFeature(context, names, feature, annotations, tokenCount is not null, paddedTokens, candidatesPerToken)
            : FromColumn(context, schema.GetColumnOrNull(names.Mask) ?? throw context.MissingColumn(BoundInputColumns.MaskRole, names.Mask), names, annotations, countsTokens, paddedTokens, candidatesPerToken);
    }

    private static MaskSource FromColumn(
        IExceptionContext context, DataViewSchema.Column mask, InputColumnNames names, MaskAnnotations feature, bool countsTokens, int? paddedTokens,
        int candidatesPerToken)
    {
        CheckType(context, mask, names.MaskKind, paddedTokens, candidatesPerToken);
        var annotations = MaskAnnotations.Read(context, BoundInputColumns.MaskRole, mask);
        CheckKind(context, BoundInputColumns.MaskRole, mask.Name, annotations.Kind, ((VectorDataViewType)mask.Type).ItemType);
        var source = new MaskSource
        {
            Kind = annotations.Kind ?? names.MaskKind,
            KindIsAnnotated = annotations.Kind is not null,
            IsBoolean = ((VectorDataViewType)mask.Type).ItemType == BooleanDataViewType.Instance,
            Description = $"the values of column '{mask.Name}', row by row",
            Column = mask,
        };

        // If the two columns contradict each other, one of them belongs to another transform, so neither annotation applies.
        var agree = feature.Rule is null || feature.Rule == annotations.Rule;
        return agree && KnowsTokens(annotations, countsTokens)
            ? FollowRule(context, source, BoundInputColumns.MaskRole, mask.Name, annotations, paddedTokens)
            : source;
    }

    private static MaskSource FromFeature(
        IExceptionContext context, InputColumnNames names, DataViewSchema.Column feature, MaskAnnotations annotations, bool hasCount, int? paddedTokens,
        int candidatesPerToken)
    {
        var annotation = feature.Annotations.Schema.GetColumnOrNull(AnnotationNames.AttentionMask);
        var source = new MaskSource
        {
            Kind = annotations.Kind ?? names.MaskKind,
            KindIsAnnotated = annotations.Kind is not null,
            IsBoolean = (annotation?.Type as VectorDataViewType)?.ItemType == BooleanDataViewType.Instance,
            Description = $"the next-token rule: MaskColumnName is null, and column '{feature.Name}' has no mask of its own",
        };
        if (annotation is { } found)
            CheckAnnotation(context, names, feature, annotations, found.Type);
        if (KnowsTokens(annotations, hasCount))
            return FollowRule(context, source, BoundInputColumns.FeatureRole, feature.Name, annotations, paddedTokens);
        if (annotation is not null)
            return FromAnnotation(context, source, feature, paddedTokens, candidatesPerToken);
        return annotations.Rule is null
            ? source
            : throw context.SchemaMismatch(
                BoundInputColumns.FeatureRole, feature.Name, "padding that can be told from tokens, as MaskColumnName is null",
                $"the annotation {AnnotationNames.AttentionMaskRule} {annotations.Rule}", ColumnRequirements.PaddingAdvice);
    }

    private static bool KnowsTokens(MaskAnnotations annotations, bool hasCount) => annotations.Rule switch
    {
        MaskRule.NextToken => true,
        MaskRule.PaddedNextToken => annotations.Tokens is not null || hasCount,
        _ => false,
    };

    private static MaskSource FollowRule(
        IExceptionContext context, MaskSource source, string role, string name, MaskAnnotations annotations, int? paddedTokens)
    {
        var tokens = annotations.Rule == MaskRule.PaddedNextToken ? annotations.Tokens : null;
        if (tokens is { } count && (count < 1 || (paddedTokens is { } padded && count > padded)))
        {
            throw context.SchemaMismatch(
                role, name, $"an annotation {AnnotationNames.AttentionMaskTokens} of 1 to {paddedTokens?.ToString() ?? "P"} tokens", $"{tokens}");
        }

        return source with
        {
            Column = null,
            Tokens = tokens,
            Description = $"the next-token rule, by the annotation {AnnotationNames.AttentionMaskRule} of column '{name}'; no mask is read",
        };
    }

    private static MaskSource FromAnnotation(IExceptionContext context, MaskSource source, DataViewSchema.Column feature, int? paddedTokens, int candidatesPerToken)
    {
        bool[] flags = source.IsBoolean ? Read<bool>(feature) : [];
        float[] values = source.IsBoolean ? [] : Read<float>(feature);
        var length = flags.Length + values.Length;
        var perToken = 1 + candidatesPerToken;
        var padded = paddedTokens ?? (int)Math.Sqrt(length) / perToken;
        if (padded == 0 || length != (long)perToken * padded * perToken * padded)
        {
            var side = paddedTokens is { } known ? $"{perToken * known}" : $"{perToken}P";
            throw context.SchemaMismatch(
                BoundInputColumns.FeatureRole, feature.Name, $"an annotation {AnnotationNames.AttentionMask} of {side} * {side} values", $"{length}");
        }

        var interner = new MaskInterner(candidatesPerToken);
        var (mask, tokens) = source.IsBoolean ? interner.Read(flags, padded, source.TrueMeansBlocked) : interner.Read(values, padded);
        if (mask?.Validate(source) is { } problem)
        {
            throw context.SchemaMismatch(
                BoundInputColumns.FeatureRole, feature.Name, $"in the annotation {AnnotationNames.AttentionMask} {problem.Expected}", problem.Found);
        }

        var follows = mask is null ? ", whose values follow the next-token rule" : "";
        return source with
        {
            Shared = mask,
            PaddedTokens = padded,
            Tokens = tokens,
            Description = $"the annotation {AnnotationNames.AttentionMask} of column '{feature.Name}'{follows}",
        };
    }

    private static void CheckType(IExceptionContext context, DataViewSchema.Column mask, MaskKind kind, int? paddedTokens, int candidatesPerToken)
    {
        if (mask.Type is not VectorDataViewType type || !ColumnRequirements.IsMask(type.ItemType, kind))
            throw context.SchemaMismatch(BoundInputColumns.MaskRole, mask.Name, ColumnRequirements.Mask(kind), mask.Type, ColumnRequirements.MaskAdvice(kind));
        var perToken = 1L + candidatesPerToken;
        if (type.IsKnownSize && paddedTokens is { } tokens && type.Size != perToken * tokens * perToken * tokens)
        {
            throw context.SchemaMismatch(
                BoundInputColumns.MaskRole, mask.Name, $"{perToken * tokens} * {perToken * tokens} values, as the feature column has {CandidateCount.Embeddings(tokens, candidatesPerToken)} embeddings", type);
        }
    }

    private static void CheckAnnotation(
        IExceptionContext context, InputColumnNames names, DataViewSchema.Column feature, MaskAnnotations annotations, DataViewType found)
    {
        if (found is not VectorDataViewType type || !ColumnRequirements.IsMask(type.ItemType, names.MaskKind))
        {
            throw context.SchemaMismatch(
                BoundInputColumns.FeatureRole, feature.Name,
                $"the annotation {AnnotationNames.AttentionMask}, {ColumnRequirements.Mask(names.MaskKind)}, as MaskColumnName is null", found);
        }

        CheckKind(context, BoundInputColumns.FeatureRole, feature.Name, annotations.Kind, type.ItemType);
    }

    // A mask that was converted to another item type no longer has the kind in its annotation.
    private static void CheckKind(IExceptionContext context, string role, string name, MaskKind? annotation, DataViewType item)
    {
        if (annotation is { } kind && (kind == MaskKind.Additive) != (item == NumberDataViewType.Single))
        {
            throw context.SchemaMismatch(
                role, name, $"a mask of {(kind == MaskKind.Additive ? "Single" : "Boolean")}, as its annotation {AnnotationNames.AttentionMaskKind} says {kind}",
                item, "Have the transform write the kind of mask that is wanted (MaskKind), instead of converting it.");
        }
    }

    private static T[] Read<T>(DataViewSchema.Column feature)
    {
        var values = default(VBuffer<T>);
        feature.Annotations.GetValue(AnnotationNames.AttentionMask, ref values);
        return [.. values.DenseValues()];
    }
}
