using MlNetNtd;

// The namespace of ML.NET's own extension methods, so that these are visible wherever MLContext is.
namespace Microsoft.ML;

/// <summary>Extends <c>mlContext.BinaryClassification</c> with a report on how realistic synthetic sequences are.</summary>
public static class RealismCatalog
{
    /// <summary>
    /// Measures how well a discriminator tells synthetic sequences from real ones: a classifier two-sample test. An area under the ROC
    /// curve of 0.5 means that it cannot.
    /// </summary>
    /// <remarks>
    /// <para>
    /// The sequences of both views are divided into folds. For each fold a discriminator is trained on the other folds and scores the fold,
    /// so every score comes from a discriminator that has not seen the sequence. It judges each step given the steps before it, which
    /// tells where a sequence stops being realistic. A classifier on lagged steps takes the same test as a baseline.
    /// </para>
    /// <para>
    /// All sequences are kept in memory, at 4 * T * C bytes each. If several sequences come from one recording, name the recording in <see
    /// cref="RealismOptions.SamplingKeyColumnName"/>; otherwise neighbors on both sides of a fold make the test too easy and its interval
    /// too narrow.
    /// </para>
    /// <para>
    /// The test answers whether the sequences differ. It does not see whether synthetic sequences repeat real ones, or leave out rare ones.
    /// </para>
    /// </remarks>
    /// <param name="catalog">The catalog: <c>mlContext.BinaryClassification</c>.</param>
    /// <param name="real">The real sequences: a column of Vector&lt;Single, T, C&gt;, T steps of C values.</param>
    /// <param name="synthetic">The synthetic sequences, in a column of the same name and the same C.</param>
    /// <param name="options">The columns, folds and trainers; null for the defaults. The method copies them.</param>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or of the wrong type, or the two views differ in it.</exception>
    /// <exception cref="InvalidRowException">A sequence has no steps, part of a step, or a value that is not finite.</exception>
    /// <exception cref="InvalidOperationException">There are fewer sequences (or sampling keys) than folds.</exception>
    public static RealismReport EvaluateRealism(
        this BinaryClassificationCatalog catalog, IDataView real, IDataView synthetic, RealismOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(catalog);
        ArgumentNullException.ThrowIfNull(real);
        ArgumentNullException.ThrowIfNull(synthetic);
        return RealismEvaluation.Evaluate(catalog, real, synthetic, options ?? new RealismOptions());
    }
}
