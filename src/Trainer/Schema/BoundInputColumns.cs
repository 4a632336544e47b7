using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace MlNetNtd;

/// <summary>The input columns, found in a schema and validated.</summary>
internal sealed record BoundInputColumns
{
    public const string FeatureRole = "feature";
    public const string MaskRole = "mask";
    public const string TokenCountRole = "token count";
    public const string LabelRole = "label";
    public const string WeightRole = "example weight";
    public const string SamplingKeyRole = "sampling key";

    /// <summary>Gets the column of combined sequences.</summary>
    public required DataViewSchema.Column Feature { get; init; }

    /// <summary>Gets the source of the rows' masks.</summary>
    public required MaskSource Mask { get; init; }

    /// <summary>Gets the column of token counts; null if there is none.</summary>
    public required DataViewSchema.Column? TokenCount { get; init; }

    /// <summary>Gets the label column; null for scoring.</summary>
    public required DataViewSchema.Column? Label { get; init; }

    /// <summary>Gets the column of example weights; null if all rows have the same weight.</summary>
    public DataViewSchema.Column? Weight { get; init; }

    /// <summary>Gets the sampling key column, whose equal values keep rows on one side of the validation split; null if each row is drawn by itself.</summary>
    public DataViewSchema.Column? SamplingKey { get; init; }

    /// <summary>Gets C, the dimension of one embedding.</summary>
    public required int Dimension { get; init; }

    /// <summary>Gets K, the number of candidates of each token.</summary>
    public required int CandidatesPerToken { get; init; }

    /// <summary>Gets whether exactly one candidate of each token must have a true label.</summary>
    public bool RanksCandidates { get; init; }

    /// <summary>Gets P, the length of each half, if the type of the feature column says it; otherwise null.</summary>
    public required int? PaddedTokens { get; init; }

    /// <summary>Gets the maximum length of a half from the type of the feature column or its annotation; null if neither says it.</summary>
    public required int? MaxTokens { get; init; }

    /// <summary>Gets whether there is a label per token.</summary>
    public bool LabelsTokens => Label?.Type is VectorDataViewType;

    /// <summary>Gets the distinct columns.</summary>
    public IEnumerable<DataViewSchema.Column> All =>
        new[] { Feature, Mask.Column, TokenCount, Label, Weight, SamplingKey }.OfType<DataViewSchema.Column>().DistinctBy(column => column.Index);

    /// <summary>Finds the columns in a schema and validates them.</summary>
    /// <param name="context">Marks errors.</param>
    /// <param name="names">The names of the columns.</param>
    /// <param name="label">The name of the label column; null for scoring.</param>
    /// <param name="dimension">C; null: from the type of the feature column.</param>
    /// <param name="schema">The schema of the input.</param>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or of the wrong type or size.</exception>
    public static BoundInputColumns Bind(
        IExceptionContext context, InputColumnNames names, string? label, int? dimension, DataViewSchema schema)
    {
        var feature = Find(context, schema, names.Feature, FeatureRole);
        var candidates = FindCandidates(context, feature) ?? names.CandidatesPerToken;
        var size = FindSize(context, feature, dimension, candidates);
        var tokenCount = FindTokenCount(context, schema, names.TokenCount);
        return new BoundInputColumns
        {
            Feature = feature,
            Mask = MaskSource.Resolve(context, schema, names, feature, tokenCount, size.PaddedTokens, candidates),
            TokenCount = tokenCount,
            Label = FindLabel(context, schema, label),
            Dimension = size.Dimension,
            CandidatesPerToken = candidates,
            PaddedTokens = size.PaddedTokens,
            MaxTokens = size.PaddedTokens ?? FindMaxTokens(context, feature, candidates),
        };
    }

    /// <summary>Adds the column of example weights.</summary>
    /// <param name="context">Marks errors.</param>
    /// <param name="schema">The schema of the input.</param>
    /// <param name="name">The name of the column; null: all rows have the same weight.</param>
    /// <exception cref="ArgumentOutOfRangeException">The column is missing or of the wrong type.</exception>
    public BoundInputColumns WithWeight(IExceptionContext context, DataViewSchema schema, string? name)
    {
        if (name is null)
            return this;
        var column = Find(context, schema, name, WeightRole);
        return column.Type == NumberDataViewType.Single
            ? this with { Weight = column }
            : throw context.SchemaMismatch(WeightRole, name, ColumnRequirements.Weight, column.Type, ColumnRequirements.WeightAdvice(name));
    }

    /// <summary>Adds the sampling key column.</summary>
    /// <param name="context">Marks errors.</param>
    /// <param name="schema">The schema of the input.</param>
    /// <param name="name">The name of the column; null: each row is drawn by itself.</param>
    /// <exception cref="ArgumentOutOfRangeException">The column is missing or of the wrong type.</exception>
    public BoundInputColumns WithSamplingKey(IExceptionContext context, DataViewSchema schema, string? name)
    {
        if (name is null)
            return this;
        var column = Find(context, schema, name, SamplingKeyRole);
        return MlNetNtd.SamplingKey.IsKey(column.Type)
            ? this with { SamplingKey = column }
            : throw context.SchemaMismatch(SamplingKeyRole, name, ColumnRequirements.SamplingKey, column.Type);
    }

    /// <summary>Checks the number of candidates against the trainer's option.</summary>
    /// <param name="context">Marks errors.</param>
    /// <param name="expected">The option; null: whatever the feature column says.</param>
    /// <exception cref="ArgumentOutOfRangeException">The feature column says another number.</exception>
    public void CheckCandidates(IExceptionContext context, int? expected)
    {
        if (expected is { } count && count != CandidatesPerToken)
        {
            throw context.SchemaMismatch(
                FeatureRole, Feature.Name, $"{count} candidates of each token (CandidatesPerToken)", $"an annotation {AnnotationNames.CandidatesPerToken} of {CandidatesPerToken}");
        }
    }

    /// <summary>Checks that rows of the feature column's size are not too long.</summary>
    /// <param name="context">Marks errors.</param>
    /// <param name="maxTokens">The maximum length of a half; null: any.</param>
    /// <exception cref="ArgumentOutOfRangeException">The rows are too long.</exception>
    public void CheckTokens(IExceptionContext context, int? maxTokens)
    {
        if (PaddedTokens is { } padded && maxTokens is { } limit && padded > limit)
            throw context.SchemaMismatch(FeatureRole, Feature.Name, $"at most {maxTokens} tokens a half ({ColumnRequirements.MaxTokens})", Feature.Type);
    }

    /// <summary>Checks that the loss can be computed from the labels.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The loss needs another kind of label.</exception>
    public void CheckLabels(IExceptionContext context, LossKind lossKind)
    {
        if (lossKind == LossKind.Row && LabelsTokens)
        {
            throw context.SchemaMismatch(LabelRole, Label!.Value.Name, ColumnRequirements.RowLabel, Label.Value.Type, ColumnRequirements.RowLabelAdvice);
        }

        if (lossKind != LossKind.RankingNce)
            return;
        if (!LabelsTokens)
            throw context.SchemaMismatch(LabelRole, Label!.Value.Name, ColumnRequirements.CandidateLabel, Label.Value.Type);
        if (CandidatesPerToken == 1)
            throw context.SchemaMismatch(FeatureRole, Feature.Name, "at least 2 candidates of each token (LossKind.RankingNce)", "1", ColumnRequirements.CandidateAdvice);
    }

    private static DataViewSchema.Column Find(IExceptionContext context, DataViewSchema schema, string name, string role) =>
        schema.GetColumnOrNull(name) ?? throw context.MissingColumn(role, name);

    private static (int Dimension, int? PaddedTokens) FindSize(
        IExceptionContext context, DataViewSchema.Column feature, int? dimension, int candidatesPerToken)
    {
        if (feature.Type is not VectorDataViewType type || type.ItemType != NumberDataViewType.Single)
            throw context.SchemaMismatch(FeatureRole, feature.Name, ColumnRequirements.Feature, feature.Type, ColumnRequirements.FeatureAdvice);
        int? typeDimension = type.Dimensions is { Length: 2 } dimensions && dimensions[1] > 0 ? dimensions[1] : null;
        if (dimension is { } given && typeDimension is { } found && given != found)
            throw context.SchemaMismatch(FeatureRole, feature.Name, $"embeddings of dimension {given} (EmbeddingDimension)", type);
        if ((dimension ?? typeDimension) is not { } known)
        {
            throw context.SchemaMismatch(
                FeatureRole, feature.Name, ColumnRequirements.Feature, type, "Its type does not say C: set EmbeddingDimension.");
        }

        if (!type.IsKnownSize)
            return (known, null);
        var ofToken = (1L + candidatesPerToken) * known;
        if (type.Size % ofToken != 0)
        {
            throw context.SchemaMismatch(FeatureRole, feature.Name, candidatesPerToken == 1
                ? $"a size that is a multiple of 2 * {known}: two halves of dimension {known}"
                : $"a size that is a multiple of (1 + {candidatesPerToken}) * {known}: a context and {candidatesPerToken} candidates of each token (CandidatesPerToken), of dimension {known}", type);
        }

        return (known, (int)(type.Size / ofToken));
    }

    // If rows differ in length, an annotation says how long they may be, as on the transform's column. Later rows are not longer.
    private static int? FindMaxTokens(IExceptionContext context, DataViewSchema.Column feature, int candidatesPerToken)
    {
        if (MaskAnnotations.Number(feature, AnnotationNames.MaxTokens) is not { } found)
            return null;
        var most = NextTokenMask.GetMaxTokens(candidatesPerToken);
        return found >= 1 && found <= most
            ? found
            : throw context.SchemaMismatch(
                FeatureRole, feature.Name, $"an annotation {AnnotationNames.MaxTokens} of 1 to {most} tokens", $"{found}");
    }

    // The transform's column says it by an annotation.
    private static int? FindCandidates(IExceptionContext context, DataViewSchema.Column feature)
    {
        if (CombinedSources.Read(feature).CandidatesPerToken is not { } found)
            return null;
        return CandidateCount.FindProblem(found) is null
            ? found
            : throw context.SchemaMismatch(
                FeatureRole, feature.Name, $"an annotation {AnnotationNames.CandidatesPerToken} of 1 to {CandidateCount.Max}", $"{found}");
    }

    private static DataViewSchema.Column? FindTokenCount(IExceptionContext context, DataViewSchema schema, string? name)
    {
        if (name is null)
            return null;
        var column = Find(context, schema, name, TokenCountRole);
        return column.Type == NumberDataViewType.Int32
            ? column
            : throw context.SchemaMismatch(TokenCountRole, name, ColumnRequirements.TokenCount, column.Type);
    }

    private static DataViewSchema.Column? FindLabel(IExceptionContext context, DataViewSchema schema, string? name)
    {
        if (name is null)
            return null;
        var column = Find(context, schema, name, LabelRole);
        var item = (column.Type as VectorDataViewType)?.ItemType ?? column.Type;
        return item == BooleanDataViewType.Instance
            ? column
            : throw context.SchemaMismatch(LabelRole, name, ColumnRequirements.Label, column.Type, ColumnRequirements.LabelAdvice(column));
    }
}
