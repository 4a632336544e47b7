using MlNetNtd;

// Where ML.NET's own extension methods are: whoever has an MLContext sees these too.
namespace Microsoft.ML;

/// <summary>Makes rows for a discriminator of token sequences: <c>mlContext.Data</c>.</summary>
public static class DiscriminatorRowsCatalog
{
    /// <summary>
    /// A view of real and generated rows, made of token ids and an embedding table: the columns that
    /// <c>mlContext.Transforms.NextTokenDiscriminator</c> reads, and labels for its trainer.
    /// </summary>
    /// <remarks>
    /// <para>
    /// Columns: <c>PreviousEmbeddings</c> and <c>CurrentEmbeddings</c>, Vector&lt;Single, T, C&gt;; <c>Label</c>, Boolean;
    /// <c>TokenLabels</c>, Vector&lt;Boolean, T&gt;; <c>SequenceId</c>, Int64. Each window of a sequence gives a real row and behind it
    /// a generated one.
    /// </para>
    /// <para>
    /// Rows are made when they are read. With one seed each reading gives the same rows, whichever columns it asks for, in whatever
    /// order, in one cursor or in several. The lengths of all sequences are read at once; their ids at each reading, so the
    /// list must give the same ones each time.
    /// </para>
    /// </remarks>
    /// <param name="catalog">The catalog: <c>mlContext.Data</c>.</param>
    /// <param name="sequences">Token ids, one list a sequence, as <c>int[][]</c> is.</param>
    /// <param name="embeddings">The embedding of each id.</param>
    /// <param name="options">Windows, candidates, columns; null: the defaults. Copied.</param>
    /// <exception cref="ArgumentException">
    /// An option is out of its range, there are no sequences, or one is too short (<see cref="DiscriminatorRowOptions.SkipShortSequences"/>).
    /// </exception>
    /// <exception cref="InvalidOperationException">
    /// Thrown while rows are read: an id has no embedding, or a delegate gave no candidates for the tokens.
    /// </exception>
    public static IDataView CreateDiscriminatorRows(
        this DataOperationsCatalog catalog, IReadOnlyList<IReadOnlyList<int>> sequences, EmbeddingTable embeddings, DiscriminatorRowOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentNullException.ThrowIfNull(sequences);
        ArgumentNullException.ThrowIfNull(embeddings);
        var env = catalog.Environment();
        var own = (options ?? new DiscriminatorRowOptions()).Copy();
        if (own.FindProblem() is { } problem)
            throw env.Option(problem);
        var host = env.Register(nameof(CreateDiscriminatorRows));
        var windows = new SequenceWindows(host, sequences, embeddings.Count, own);
        return new DiscriminatorRowsView(host, windows, embeddings, own, own.Seed ?? host.Rand.Next());
    }
}
