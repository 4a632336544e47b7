namespace Microsoft.ML;

/// <summary>A stage that learns from data, or needs to look at its schema, before it can transform.</summary>
public interface IEstimator<out TTransformer>
    where TTransformer : ITransformer
{
    TTransformer Fit(IDataView input);

    /// <summary>What the schema will look like, found without data. Throws where the input does not fit.</summary>
    SchemaShape GetOutputSchema(SchemaShape inputSchema);
}
