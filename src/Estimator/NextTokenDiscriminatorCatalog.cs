using MlNetNtd;

// ML.NET's own namespace: the methods are visible wherever an MLContext is.
namespace Microsoft.ML;

/// <summary>Extends <c>mlContext.Transforms</c> with the transform that builds a discriminator's inputs.</summary>
public static class NextTokenDiscriminatorCatalog
{
    /// <summary>
    /// Creates a transform that builds the inputs of a discriminator and trains nothing: it combines the real and generated embeddings
    /// of each row into one sequence with its attention mask. The trainer is
    /// <c>mlContext.BinaryClassification.Trainers.NextTokenDiscriminator</c>.
    /// </summary>
    /// <param name="catalog">The catalog: <c>mlContext.Transforms</c>.</param>
    /// <param name="outputColumnName">The name of the combined column to write, Vector&lt;Single, 2T, C&gt;.</param>
    /// <param name="maskColumnName">
    /// The name of the mask column to write, Vector&lt;Boolean, 2T, 2T&gt;. <c>true</c> means that the query may NOT attend the key, the
    /// convention of <c>nn.MultiheadAttention</c> and <c>nn.Transformer</c>; <c>scaled_dot_product_attention</c> uses the opposite
    /// (<see cref="MaskKind.Allowed"/>). Empty or null for no mask column, see <see cref="AttentionMaskAnnotation"/>.
    /// </param>
    /// <param name="previousColumnName">
    /// The name of the column of real embeddings to read, Vector&lt;Single&gt; of T * C values, row-major. They are unshifted: token i is
    /// at position i, as in the candidates. The transform shifts them.
    /// </param>
    /// <param name="currentColumnName">
    /// The name of the column of candidate embeddings for the same T tokens to read, Vector&lt;Single&gt; of T * C values, row-major.
    /// </param>
    /// <param name="embeddingDimension">C; null to read it from the type of an input column, which must then be (T, C).</param>
    /// <param name="maxTokens">
    /// The length of the longest accepted sequence, in tokens; null for the size of the input columns, or 512 if that is unknown.
    /// </param>
    /// <returns>The estimator of the transform.</returns>
    /// <exception cref="ArgumentException">An argument is out of range.</exception>
    public static NextTokenDiscriminatorEstimator NextTokenDiscriminator(
        this TransformsCatalog catalog,
        string outputColumnName = NextTokenDiscriminatorEstimator.Defaults.OutputColumnName,
        string? maskColumnName = NextTokenDiscriminatorEstimator.Defaults.MaskColumnName,
        string previousColumnName = NextTokenDiscriminatorEstimator.Defaults.PreviousColumnName,
        string currentColumnName = NextTokenDiscriminatorEstimator.Defaults.CurrentColumnName,
        int? embeddingDimension = null,
        int? maxTokens = null) => catalog.NextTokenDiscriminator(new NextTokenDiscriminatorEstimator.Options
        {
            OutputColumnName = outputColumnName,
            MaskColumnName = maskColumnName,
            PreviousColumnName = previousColumnName,
            CurrentColumnName = currentColumnName,
            EmbeddingDimension = embeddingDimension,
            MaxTokens = maxTokens,
        });

    /// <summary>
    /// Creates a transform that builds the inputs of a discriminator and trains nothing: it combines the real and generated embeddings
    /// of each row into one sequence with its attention mask. All options are available.
    /// </summary>
    /// <param name="catalog">The catalog: <c>mlContext.Transforms</c>.</param>
    /// <param name="options">The options.</param>
    /// <returns>The estimator of the transform.</returns>
    /// <exception cref="ArgumentException">An option is out of range, or two options contradict each other.</exception>
    public static NextTokenDiscriminatorEstimator NextTokenDiscriminator(
        this TransformsCatalog catalog, NextTokenDiscriminatorEstimator.Options options)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        return new NextTokenDiscriminatorEstimator(catalog.Environment(), options);
    }
}
