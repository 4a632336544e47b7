using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace MlNetNtd;

/// <summary>The columns to read, found in a schema and checked.</summary>
internal sealed record BoundInputColumns
{
    public const string FeatureRole = "feature";
    public const string MaskRole = "mask";
    public const string TokenCountRole = "token count";
    public const string LabelRole = "label";
    public const string WeightRole = "example weight";
    public const string SamplingKeyRole = "sampling key";

    public required DataViewSchema.Column Feature { get; init; }

    /// <summary>Where the rows' masks come from.</summary>
    public required MaskSource Mask { get; init; }

    public required DataViewSchema.Column? TokenCount { get; init; }

    public required DataViewSchema.Column? Label { get; init; }

    /// <summary>How much each row counts; null: all the same.</summary>
    public DataViewSchema.Column? Weight { get; init; }

    /// <summary>Rows of equal values in it are kept for validation together; null: each row by itself.</summary>
    public DataViewSchema.Column? SamplingKey { get; init; }

    /// <summary>C.</summary>
    public required int Dimension { get; init; }

    /// <summary>P, where the type of the feature column says it.</summary>
    public required int? PaddedTokens { get; init; }

    /// <summary>The most tokens a half has: by the type of the feature column, else by its annotation; null where neither says it.</summary>
    public required int? MaxTokens { get; init; }

    /// <summary>Whether there is a label per token.</summary>
    public bool LabelsTokens => Label?.Type is VectorDataViewType;

    /// <summary>The columns, each once.</summary>
    public IEnumerable<DataViewSchema.Column> All =>
        new[] { Feature, Mask.Column, TokenCount, Label, Weight, SamplingKey }.OfType<DataViewSchema.Column>().DistinctBy(column => column.Index);

    /// <summary>Finds and checks.</summary>
    /// <param name="context">Marks errors.</param>
    /// <param name="names">The names.</param>
    /// <param name="label">The label column; null: none is read.</param>
    /// <param name="dimension">C; null: the type of the feature column says it.</param>
    /// <param name="schema">The input's.</param>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or of the wrong type or size.</exception>
    public static BoundInputColumns Bind(
        IExceptionContext context, InputColumnNames names, string? label, int? dimension, DataViewSchema schema)
    {
        var feature = Find(context, schema, names.Feature, FeatureRole);
        var size = FindSize(context, feature, dimension);
        var tokenCount = FindTokenCount(context, schema, names.TokenCount);
        return new BoundInputColumns
        {
            Feature = feature,
            Mask = MaskSource.Resolve(context, schema, names, feature, tokenCount, size.PaddedTokens),
            TokenCount = tokenCount,
            Label = FindLabel(context, schema, label),
            Dimension = size.Dimension,
            PaddedTokens = size.PaddedTokens,
            MaxTokens = size.PaddedTokens ?? FindMaxTokens(context, feature),
        };
    }

    /// <summary>The same columns and one that says how much each row counts.</summary>
    /// <param name="context">Marks errors.</param>
    /// <param name="schema">The input's.</param>
    /// <param name="name">The column; null: all rows count the same.</param>
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

    /// <summary>The same columns and one that says which rows are kept for validation together.</summary>
    /// <param name="context">Marks errors.</param>
    /// <param name="schema">The input's.</param>
    /// <param name="name">The column; null: each row is drawn by itself.</param>
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

    /// <summary>Checks that the type of the feature column promises no longer rows than can be read.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It does.</exception>
    public void CheckTokens(IExceptionContext context, int? maxTokens)
    {
        if (PaddedTokens > maxTokens)
            throw context.SchemaMismatch(FeatureRole, Feature.Name, $"at most {maxTokens} tokens a half ({ColumnRequirements.MaxTokens})", Feature.Type);
    }

    /// <summary>Checks that the loss can be computed of these labels.</summary>
    /// <exception cref="ArgumentOutOfRangeException">It cannot.</exception>
    public void CheckLabels(IExceptionContext context, LossKind lossKind)
    {
        if (lossKind == LossKind.Row && LabelsTokens)
        {
            throw context.SchemaMismatch(LabelRole, Label!.Value.Name, ColumnRequirements.RowLabel, Label.Value.Type, ColumnRequirements.RowLabelAdvice);
        }
    }

    private static DataViewSchema.Column Find(IExceptionContext context, DataViewSchema schema, string name, string role) =>
        schema.GetColumnOrNull(name) ?? throw context.MissingColumn(role, name);

    private static (int Dimension, int? PaddedTokens) FindSize(
        IExceptionContext context, DataViewSchema.Column feature, int? dimension)
    {
        if (feature.Type is not VectorDataViewType type || type.ItemType != NumberDataViewType.Single)
            throw context.SchemaMismatch(FeatureRole, feature.Name, ColumnRequirements.Feature, feature.Type, ColumnRequirements.FeatureAdvice);
        int? said = type.Dimensions is { Length: 2 } dimensions && dimensions[1] > 0 ? dimensions[1] : null;
        if (dimension is { } given && said is { } found && given != found)
            throw context.SchemaMismatch(FeatureRole, feature.Name, $"embeddings of dimension {given} (EmbeddingDimension)", type);
        if ((dimension ?? said) is not { } known)
        {
            throw context.SchemaMismatch(
                FeatureRole, feature.Name, ColumnRequirements.Feature, type, "Its type does not say C: set EmbeddingDimension.");
        }

        if (!type.IsKnownSize)
            return (known, null);
        if (type.Size % (2L * known) != 0)
            throw context.SchemaMismatch(FeatureRole, feature.Name, $"a size that is a multiple of 2 * {known}: two halves of dimension {known}", type);
        return (known, type.Size / (2 * known));
    }

    // A column whose rows differ in length says how long they may be, as the stage's does: rows that come later are no longer.
    private static int? FindMaxTokens(IExceptionContext context, DataViewSchema.Column feature)
    {
        if (MaskAnnotations.Number(feature, AnnotationNames.MaxTokens) is not { } found)
            return null;
        return found >= 1 && found <= NextTokenMask.MaxTokens
            ? found
            : throw context.SchemaMismatch(
                FeatureRole, feature.Name, $"an annotation {AnnotationNames.MaxTokens} of 1 to {NextTokenMask.MaxTokens} tokens", $"{found}");
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
