using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetNtd;

public sealed partial class NextTokenDiscriminatorEstimator
{
    /// <inheritdoc/>
    /// <exception cref="ArgumentOutOfRangeException">An input column is missing, or has the wrong type.</exception>
    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        // A schema shape does not contain sizes, only whether they are known. Fit checks the sizes.
        var previous = FindShape(inputSchema, _options.PreviousColumnName, EmbeddingColumn.PreviousRole);
        var current = FindShape(inputSchema, _options.CurrentColumnName, EmbeddingColumn.CurrentRole);
        var knownTokens = previous.Kind == SchemaShape.Column.VectorKind.Vector || current.Kind == SchemaShape.Column.VectorKind.Vector;
        var knownSize = knownTokens || _options.PadToMaxTokens;
        var maskItem = MaskColumnWriter.Create(_options.MaskKind).ItemType;

        var columns = inputSchema.ToDictionary(column => column.Name);
        IEnumerable<SchemaShape.Column> maskAnnotation = knownTokens ? [SchemaShapeColumns.Vector(AttentionMaskAnnotation.Name, maskItem, knownSize: true)] : [];
        IEnumerable<SchemaShape.Column> maxTokensAnnotation = knownSize ? [] : [SchemaShapeColumns.Scalar(AnnotationNames.MaxTokens, NumberDataViewType.Int32)];
        columns[_options.OutputColumnName] = SchemaShapeColumns.Vector(
            _options.OutputColumnName, NumberDataViewType.Single, knownSize,
            new SchemaShape(
                maskAnnotation.Concat(MaskAnnotations.Shapes(kind: knownTokens, tokens: knownTokens)).Concat(CombinedSources.Shapes()).Concat(maxTokensAnnotation)));
        if (_options.MaskColumnName is not null)
        {
            columns[_options.MaskColumnName] = SchemaShapeColumns.Vector(
                _options.MaskColumnName, maskItem, knownSize, new SchemaShape(MaskAnnotations.Shapes(kind: true, tokens: knownTokens)));
        }

        if (_options.TokenCountColumnName is not null)
        {
            columns[_options.TokenCountColumnName] = SchemaShapeColumns.Scalar(
                _options.TokenCountColumnName, NumberDataViewType.Int32,
                new SchemaShape([SchemaShapeColumns.Scalar(AnnotationNames.TokenCountOf, TextDataViewType.Instance)]));
        }

        return new SchemaShape(columns.Values);
    }

    private SchemaShape.Column FindShape(SchemaShape schema, string name, string role)
    {
        foreach (var column in schema)
        {
            if (column.Name != name)
                continue;
            if (column.Kind == SchemaShape.Column.VectorKind.Scalar || column.IsKey || column.ItemType != NumberDataViewType.Single)
                throw _env.SchemaMismatch(role, name, "Vector<Single>", Describe(column), EmbeddingColumn.GetAdvice(TypeOf(column), name));
            return column;
        }

        throw _env.MissingColumn(role, name);
    }

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

    private static DataViewType TypeOf(SchemaShape.Column column)
    {
        var item = column.IsKey ? new KeyDataViewType(column.ItemType.RawType, 1) : column.ItemType;
        return column.Kind == SchemaShape.Column.VectorKind.Scalar || item is not PrimitiveDataViewType primitive
            ? item
            : new VectorDataViewType(primitive);
    }
}
