using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace MlNetNtd;

/// <summary>One input column: checks its type, and reads T, K and C from the type.</summary>
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

    /// <summary>The number of values of every row; null if the type does not say it.</summary>
    public int? Size => Type.IsKnownSize ? Type.Size : null;

    /// <summary>Gets K from a type (T, K, C) with this C; null if the type does not say it.</summary>
    public int? GetCandidates(int dimension) =>
        Type.Dimensions is { Length: 3 } dimensions && dimensions[1] > 0 && dimensions[2] == dimension ? dimensions[1] : null;

    /// <summary>Computes T from the type; null if the size is unknown.</summary>
    /// <param name="context">Marks errors.</param>
    /// <param name="dimension">C.</param>
    /// <param name="maxTokens">The largest accepted T; null for no limit, because longer rows are truncated.</param>
    /// <param name="candidatesPerToken">K, the number of embeddings for each token.</param>
    public int? CountTokens(IExceptionContext context, int dimension, int? maxTokens, int candidatesPerToken = 1)
    {
        if (Dimension is { } found && found != dimension)
            throw Mismatch(context, $"embeddings of dimension {dimension} (EmbeddingDimension)");
        if (candidatesPerToken > 1 && GetCandidates(dimension) is { } candidates && candidates != candidatesPerToken)
            throw Mismatch(context, $"{candidatesPerToken} candidates of each token (CandidatesPerToken), (T, {candidatesPerToken}, {dimension})");
        if (!Type.IsKnownSize)
            return null;
        var values = (long)candidatesPerToken * dimension;
        if (Type.Size % values != 0)
        {
            throw Mismatch(context, candidatesPerToken == 1
                ? $"a size that is a multiple of {dimension} (EmbeddingDimension)"
                : $"a size that is a multiple of {candidatesPerToken} * {dimension} (CandidatesPerToken * EmbeddingDimension)");
        }

        var tokens = (int)(Type.Size / values);
        if (tokens > maxTokens)
            throw Mismatch(context, $"at most {maxTokens} tokens (the transform's MaxTokens) of dimension {dimension}");
        return tokens;
    }

    private Exception Mismatch(IExceptionContext context, string expected) =>
        context.SchemaMismatch(Role, Column.Name, expected, Type);
}
