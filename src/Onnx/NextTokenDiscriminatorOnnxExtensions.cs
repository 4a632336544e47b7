using MlNetNtd;

// ML.NET's own namespace: the method is visible wherever a scorer is.
namespace Microsoft.ML;

/// <summary>Writes a scorer as an ONNX model.</summary>
public static class NextTokenDiscriminatorOnnxExtensions
{
    /// <summary>Writes a scorer as an ONNX model that any ONNX runtime can run, without ML.NET and without libtorch.</summary>
    /// <param name="scorer">The scorer.</param>
    /// <param name="path">
    /// The path of the file. The new file replaces an existing one once it is complete. If the weights are larger than 2 GB, they are in
    /// a file beside it, named after the model and its content: <c>model.onnx.0123456789abcdef.data</c>. The data file of a model that is
    /// replaced is not deleted.
    /// </param>
    /// <param name="options">The options; null for the defaults.</param>
    /// <remarks>
    /// <para>
    /// The model uses operator set 17 and has two named axes, <c>batch</c> and <c>tokens</c>. Its inputs are those of
    /// <see cref="OnnxExportOptions.Transformer"/>. Its outputs have the names of the scorer's columns: <c>PredictedLabel</c> (Boolean),
    /// <c>Score</c> and <c>Probability</c>, (batch) each, <c>TokenScores</c>, (batch, tokens), and <c>TokenProbabilities</c> if the scorer
    /// writes it. With K candidates of each token the last two are (batch, tokens, K). K is that of
    /// <see cref="OnnxExportOptions.Transformer"/>, else that of <see cref="OnnxExportOptions.InputSchema"/>, else
    /// <see cref="NextTokenDiscriminatorScorer.CandidatesPerToken"/>.
    /// </para>
    /// <para>
    /// It applies the next-token rule. It fails for more than <c>Config.MaxTokens</c> tokens, unless the scorer or the transform truncates:
    /// then the last axis of the token outputs is named <c>scored_tokens</c>. Its scores are NaN where the scorer reports an invalid row:
    /// for embeddings that are not finite, and for a token count that is not 1 to <c>tokens</c>.
    /// </para>
    /// </remarks>
    /// <exception cref="ArgumentException">An option contradicts the scorer, or two names are the same.</exception>
    /// <exception cref="InvalidOperationException">The network computes in another precision than Single, or masks do not follow the rule.</exception>
    /// <exception cref="IOException">The file cannot be written. The previous one is unchanged.</exception>
    /// <exception cref="ObjectDisposedException">The scorer or the transform is disposed.</exception>
    public static void SaveAsOnnx(this NextTokenDiscriminatorScorer scorer, string path, OnnxExportOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(scorer);
        ArgumentException.ThrowIfNullOrWhiteSpace(path);
        var export = new ScorerExport(scorer, options ?? new OnnxExportOptions());
        OnnxModelFile.Write(path, export.CreateModel(), export.Description);
    }
}
