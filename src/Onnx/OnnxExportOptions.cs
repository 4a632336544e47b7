using Microsoft.ML;

namespace MlNetNtd;

/// <summary>Options of <c>scorer.SaveAsOnnx</c>.</summary>
public sealed class OnnxExportOptions
{
    /// <summary>
    /// Gets the transform whose input the model reads: the real embeddings and the candidate embeddings, (batch, tokens, C) each,
    /// under the names of the transform's input columns. Default: null: the model reads combined sequences, (batch, 2, tokens, C),
    /// under the name of the scorer's feature column; their memory is that of (batch, 2T, C). With K candidates of each token the
    /// candidate embeddings are (batch, tokens, K, C), and combined sequences are (batch, 1 + K, tokens, C), the memory of
    /// (batch, T + T * K, C).
    /// </summary>
    public NextTokenDiscriminatorTransformer? Transformer { get; init; }

    /// <summary>
    /// Gets the schema of the scorer's input, which says whether the masks follow the next-token rule. If they do not, the export is an
    /// error. Its feature column also says K, if <see cref="Transformer"/> is null. Default: null: the model applies the rule, whatever
    /// masks the scorer has read.
    /// </summary>
    public DataViewSchema? InputSchema { get; init; }

    /// <summary>
    /// Gets the name of an input of token counts, Int32, (batch). Later tokens of a row are padding, and their scores are NaN. Default:
    /// null: the scorer's <see cref="NextTokenDiscriminatorScorer.TokenCountColumnName"/>. If both are null, all tokens are real.
    /// </summary>
    public string? TokenCountInputName { get; init; }

    /// <summary>Gets the name of the graph in the model. Default: <c>next_token_discriminator</c>.</summary>
    public string GraphName { get; init; } = "next_token_discriminator";

    /// <summary>Gets a text about the model, for its users. Default: null: a sentence about its inputs and outputs.</summary>
    public string? Documentation { get; init; }

    /// <summary>
    /// Gets metadata to write to the model, besides the sizes of the network. Keys that begin with <c>mlnetntd.</c> are reserved. Default:
    /// empty.
    /// </summary>
    public IReadOnlyDictionary<string, string> Metadata { get; init; } = new Dictionary<string, string>();
}
