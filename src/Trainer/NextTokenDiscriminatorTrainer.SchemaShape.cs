using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetNtd;

public sealed partial class NextTokenDiscriminatorTrainer
{
    /// <inheritdoc/>
    /// <exception cref="ArgumentOutOfRangeException">An input column is missing or of the wrong type.</exception>
    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        // A schema shape says whether a size is known but not the size itself, so Fit checks sizes.
        var feature = Find(inputSchema, _options.FeatureColumnName, BoundInputColumns.FeatureRole);
        if (!IsVector(feature) || feature.IsKey || feature.ItemType != NumberDataViewType.Single)
            throw Mismatch(feature, BoundInputColumns.FeatureRole, ColumnRequirements.Feature, ColumnRequirements.FeatureAdvice);
        CheckMask(inputSchema, feature);
        CheckOtherColumns(inputSchema);

        var columns = inputSchema.ToDictionary(column => column.Name);
        var knownSize = feature.Kind == SchemaShape.Column.VectorKind.Vector && _options.PadTokenScores;
        foreach (var column in ScoreColumns.Shapes(knownSize, _options.TokenProbabilities))
            columns[column.Name] = column;
        return new SchemaShape(columns.Values);
    }

    private void CheckMask(SchemaShape schema, SchemaShape.Column feature)
    {
        var kind = _options.MaskKind;
        if (_options.MaskColumnName is { } name)
        {
            var mask = Find(schema, name, BoundInputColumns.MaskRole);
            if (!IsVector(mask) || mask.IsKey || !ColumnRequirements.IsMask(mask.ItemType, kind))
                throw Mismatch(mask, BoundInputColumns.MaskRole, ColumnRequirements.Mask(kind), ColumnRequirements.MaskAdvice(kind));
        }
        else if (feature.Annotations.FirstOrDefault(annotation => annotation.Name == AnnotationNames.AttentionMask) is { Name: not null } found
            && !(IsVector(found) && ColumnRequirements.IsMask(found.ItemType, kind)))
        {
            throw _env.SchemaMismatch(
                BoundInputColumns.FeatureRole, feature.Name,
                $"the annotation {AnnotationNames.AttentionMask}, {ColumnRequirements.Mask(kind)}, as MaskColumnName is null", Describe(found));
        }
    }

    private void CheckOtherColumns(SchemaShape schema)
    {
        if (_options.TokenCountColumnName is { } name)
        {
            var tokenCount = Find(schema, name, BoundInputColumns.TokenCountRole);
            if (IsVector(tokenCount) || tokenCount.IsKey || tokenCount.ItemType != NumberDataViewType.Int32)
                throw Mismatch(tokenCount, BoundInputColumns.TokenCountRole, ColumnRequirements.TokenCount);
        }

        if (_options.ExampleWeightColumnName is { } weightName)
        {
            var weight = Find(schema, weightName, BoundInputColumns.WeightRole);
            if (IsVector(weight) || weight.IsKey || weight.ItemType != NumberDataViewType.Single)
                throw Mismatch(weight, BoundInputColumns.WeightRole, ColumnRequirements.Weight, ColumnRequirements.WeightAdvice(weightName));
        }

        if (_options is { SamplingKeyColumnName: { } keyName, ValidationFraction: > 0 })
        {
            var key = Find(schema, keyName, BoundInputColumns.SamplingKeyRole);
            if (IsVector(key) || !SamplingKey.IsKey(key.ItemType))
                throw Mismatch(key, BoundInputColumns.SamplingKeyRole, ColumnRequirements.SamplingKey);
        }

        var label = Find(schema, _options.LabelColumnName, BoundInputColumns.LabelRole);
        if (label.IsKey || label.ItemType != BooleanDataViewType.Instance)
            throw Mismatch(label, BoundInputColumns.LabelRole, ColumnRequirements.Label, ColumnRequirements.LabelAdvice(label.Name, label.ItemType, label.IsKey));
        if (_options.LossKind == LossKind.Row && IsVector(label))
            throw Mismatch(label, BoundInputColumns.LabelRole, ColumnRequirements.RowLabel, ColumnRequirements.RowLabelAdvice);
        if (_options.LossKind == LossKind.RankingNce && !IsVector(label))
            throw Mismatch(label, BoundInputColumns.LabelRole, ColumnRequirements.CandidateLabel);
    }

    private SchemaShape.Column Find(SchemaShape schema, string name, string role)
    {
        foreach (var column in schema)
        {
            if (column.Name == name)
                return column;
        }

        throw _env.MissingColumn(role, name);
    }

    private Exception Mismatch(SchemaShape.Column column, string role, string expected, string? advice = null) =>
        _env.SchemaMismatch(role, column.Name, expected, Describe(column), advice);

    private static bool IsVector(SchemaShape.Column column) => column.Kind != SchemaShape.Column.VectorKind.Scalar;

    private static string Describe(SchemaShape.Column column)
    {
        var item = column.IsKey ? $"Key<{column.ItemType}>" : $"{column.ItemType}";
        return column.Kind switch
        {
            SchemaShape.Column.VectorKind.Scalar => item,
            SchemaShape.Column.VectorKind.Vector => $"Vector<{item}>",
            _ => $"VarVector<{item}>",
        };
    }
}
