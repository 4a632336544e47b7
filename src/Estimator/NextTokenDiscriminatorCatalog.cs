using MlNetNtd;

// Where ML.NET's own extension methods are: whoever has an MLContext sees these too.
namespace Microsoft.ML;

/// <summary>Puts the stage where users look for it: <c>mlContext.Transforms</c>.</summary>
public static class NextTokenDiscriminatorCatalog
{
    /// <summary>
    /// Only builds a discriminator's inputs, and trains nothing: combines true and predicted embeddings into one sequence per
    /// row with its attention mask. The trainer is <c>mlContext.BinaryClassification.Trainers.NextTokenDiscriminator</c>.
    /// </summary>
    /// <param name="catalog">The catalog: <c>mlContext.Transforms</c>.</param>
    /// <param name="outputColumnName">The combined column to write, Vector&lt;Single, 2T, C&gt;.</param>
    /// <param name="maskColumnName">
    /// The mask column to write, Vector&lt;Boolean, 2T, 2T&gt;, <c>true</c> = the query may NOT attend the key, as
    /// <c>nn.MultiheadAttention</c> and <c>nn.Transformer</c> read it (<c>scaled_dot_product_attention</c> reads the
    /// opposite: <see cref="MaskKind.Allowed"/>). Empty or null: none, see <see cref="AttentionMaskAnnotation"/>.
    /// </param>
    /// <param name="previousColumnName">
    /// True embeddings to read, Vector&lt;Single&gt;, T * C values, row-major, unshifted: token i at position i, as in the current
    /// embeddings. The transform shifts.
    /// </param>
    /// <param name="currentColumnName">
    /// Predicted embeddings to read, Vector&lt;Single&gt;, T * C values, row-major: the candidates for the same T tokens.
    /// </param>
    /// <param name="embeddingDimension">C; may be left out where the type of an input column says (T, C).</param>
    /// <param name="maxTokens">
    /// The longest sequence accepted, in tokens; where left out, the size of the input columns, or 512 where that is
    /// unknown.
    /// </param>
    /// <exception cref="ArgumentException">An argument is out of its range.</exception>
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
    /// Only builds a discriminator's inputs, and trains nothing: combines true and predicted embeddings into one sequence per
    /// row with its attention mask, with every option.
    /// </summary>
    /// <param name="catalog">The catalog: <c>mlContext.Transforms</c>.</param>
    /// <param name="options">The options.</param>
    /// <exception cref="ArgumentException">An option is out of its range, or two contradict each other.</exception>
    public static NextTokenDiscriminatorEstimator NextTokenDiscriminator(
        this TransformsCatalog catalog, NextTokenDiscriminatorEstimator.Options options)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        return new NextTokenDiscriminatorEstimator(catalog.Environment(), options);
    }
}
