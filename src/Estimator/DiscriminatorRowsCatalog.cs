using MlNetNtd;

// ML.NET's own namespace: the methods are visible wherever an MLContext is.
namespace Microsoft.ML;

/// <summary>Extends <c>mlContext.Data</c> with a view of discriminator rows.</summary>
public static class DiscriminatorRowsCatalog
{
    /// <summary>
    /// Creates a view of real and generated rows from token ids and an embedding table. It has the columns that
    /// <c>mlContext.Transforms.NextTokenDiscriminator</c> reads, and labels for the trainer.
    /// </summary>
    /// <remarks>
    /// <para>
    /// Columns: <c>PreviousEmbeddings</c> and <c>CurrentEmbeddings</c>, Vector&lt;Single, T, C&gt;; <c>Label</c>, Boolean;
    /// <c>TokenLabels</c>, Vector&lt;Boolean, T&gt;; <c>SequenceId</c>, Int64. Each window of a sequence gives a real row, followed by a
    /// generated one.
    /// </para>
    /// <para>
    /// Rows are created when they are read. The same seed always gives the same rows, whatever the active columns, the order, and the
    /// number of cursors. The lengths of all sequences are read immediately, and their ids each time the rows are read, so the list
    /// must not change.
    /// </para>
    /// </remarks>
    /// <param name="catalog">The catalog: <c>mlContext.Data</c>.</param>
    /// <param name="sequences">Token ids, one list per sequence, for example an <c>int[][]</c>.</param>
    /// <param name="embeddings">The embedding of each id.</param>
    /// <param name="options">Windows, candidates and columns; null for the defaults. The method copies them.</param>
    /// <exception cref="ArgumentException">
    /// An option is out of range, n-gram features have fewer ids than the table, there are no sequences, or a sequence is too short
    /// (<see cref="DiscriminatorRowOptions.SkipShortSequences"/>).
    /// </exception>
    /// <exception cref="InvalidOperationException">
    /// Thrown while rows are read: an id has no embedding, or a delegate returned invalid candidates.
    /// </exception>
    public static IDataView CreateDiscriminatorRows(
        this DataOperationsCatalog catalog, IReadOnlyList<IReadOnlyList<int>> sequences, EmbeddingTable embeddings, DiscriminatorRowOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentNullException.ThrowIfNull(sequences);
        ArgumentNullException.ThrowIfNull(embeddings);
        var env = catalog.Environment();
        var copy = (options ?? new DiscriminatorRowOptions()).Copy();
        if (copy.FindProblem() is { } problem)
            throw env.Option(problem);
        if (copy.TokenFeatures?.VocabularySize < embeddings.Count)
        {
            throw env.Option((
                nameof(copy.TokenFeatures),
                $"expected features of at least {embeddings.Count} ids, the rows of the embedding table, found {copy.TokenFeatures.VocabularySize} (vocabularySize)"));
        }

        var host = env.Register(nameof(CreateDiscriminatorRows));
        var windows = new SequenceWindows(host, sequences, embeddings.Count, copy);
        return new DiscriminatorRowsView(host, windows, embeddings, copy, copy.Seed ?? host.Rand.Next());
    }
}
