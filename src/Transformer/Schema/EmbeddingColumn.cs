using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace MlNetNtd;

/// <summary>One input column: checks its type, and reads T and C from the type.</summary>
internal readonly record struct EmbeddingColumn(DataViewSchema.Column Column, string Role)
{
    public const string PreviousRole = "previous embeddings";
    public const string CurrentRole = "current embeddings";

    private VectorDataViewType Type => (VectorDataViewType)Column.Type;

    /// <summary>Finds a column and checks that it is a vector of Single.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The column is missing or has another type.</exception>
    public static EmbeddingColumn Find(IExceptionContext context, DataViewSchema schema, string name, string role)
    {
        if (schema.GetColumnOrNull(name) is not { } column)
            throw context.MissingColumn(role, name);
        if (column.Type is not VectorDataViewType { ItemType: NumberDataViewType item } || item != NumberDataViewType.Single)
            throw context.SchemaMismatch(role, name, "Vector<Single>", column.Type, GetAdvice(column.Type, name));
        return new EmbeddingColumn(column, role);
    }

    /// <summary>Gets a sentence that says how to convert a column of another type.</summary>
    public static string GetAdvice(DataViewType type, string name) => type switch
    {
        VectorDataViewType { ItemType: KeyDataViewType } or KeyDataViewType =>
            "Map keys to embeddings first, for example with mlContext.Transforms.CustomMapping.",
        VectorDataViewType { ItemType: NumberDataViewType or BooleanDataViewType } =>
            $"Convert it with mlContext.Transforms.Conversion.ConvertType(\"{name}\", outputKind: DataKind.Single).",
        NumberDataViewType =>
            $"Make a vector of it with mlContext.Transforms.Concatenate(\"{name}\", ...), of Single items.",
        _ => "Turn it into embeddings first, for example with mlContext.Transforms.CustomMapping.",
    };

    /// <summary>C, the second dimension of the type; null if the type has none.</summary>
    public int? Dimension => Type.Dimensions is { Length: 2 } dimensions && dimensions[1] > 0 ? dimensions[1] : null;

    /// <summary>Computes T from the type; null if the size is unknown.</summary>
    /// <param name="context">Marks errors.</param>
    /// <param name="dimension">C.</param>
    /// <param name="maxTokens">The largest accepted T; null for no limit, because longer rows are truncated.</param>
    public int? CountTokens(IExceptionContext context, int dimension, int? maxTokens)
    {
        if (Dimension is { } found && found != dimension)
            throw Mismatch(context, $"embeddings of dimension {dimension} (EmbeddingDimension)");
        if (!Type.IsKnownSize)
            return null;
        if (Type.Size % dimension != 0)
            throw Mismatch(context, $"a size that is a multiple of {dimension} (EmbeddingDimension)");
        if (Type.Size / dimension > maxTokens)
            throw Mismatch(context, $"at most {maxTokens} tokens (the transform's MaxTokens) of dimension {dimension}");
        return Type.Size / dimension;
    }

    private Exception Mismatch(IExceptionContext context, string expected) =>
        context.SchemaMismatch(Role, Column.Name, expected, Type);
}
