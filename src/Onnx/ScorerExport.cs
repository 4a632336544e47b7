using System.Globalization;
using Microsoft.ML;

namespace MlNetNtd;

/// <summary>The ONNX model of a scorer.</summary>
internal sealed class ScorerExport
{
    private const string MetadataPrefix = "mlnetntd.";
    private const string Batch = "batch";
    private const string Tokens = "tokens";
    private const string ScoredTokens = "scored_tokens";

    private readonly NextTokenDiscriminatorScorer _scorer;
    private readonly OnnxExportOptions _options;
    private readonly int _candidatesPerToken;

    /// <summary>Checks that the scorer has an ONNX form.</summary>
    public ScorerExport(NextTokenDiscriminatorScorer scorer, OnnxExportOptions options)
    {
        _scorer = scorer;
        _options = options;
        scorer.ThrowIfDisposed();
        if (ScorerOnnx.FindPrecisionProblem(Settings) is { } precision)
            throw scorer.Environment.Unable($"SaveAsOnnx, {precision}");
        var columns = options.InputSchema is { } schema ? scorer.Bind(schema).Columns : null;
        if (columns is not null && ScorerOnnx.FindMaskProblem(columns) is { } masks)
            throw scorer.Environment.Unable($"SaveAsOnnx, {masks}");
        // As in scoring, the scorer's own number counts where neither the transform nor a column says one.
        _candidatesPerToken = options.Transformer?.CandidatesPerToken ?? columns?.CandidatesPerToken ?? scorer.CandidatesPerToken;
        if ((FindTransformerProblem() ?? FindCandidateProblem(columns) ?? FindNameProblem() ?? FindMetadataProblem()) is { } problem)
            throw scorer.Environment.Option(problem);
    }

    /// <summary>Gets the texts of the model.</summary>
    public OnnxModelDescription Description => new()
    {
        GraphName = _options.GraphName,
        ProducerName = "MlNetNtd",
        ProducerVersion = LibraryVersion.Own.Split('+')[0],
        Documentation = _options.Documentation
            ?? "A next-token discriminator: scores each candidate token by the real tokens before it. A positive score means real.",
        Metadata = [.. CreateSizes(), .. _options.Metadata],
    };

    private ScorerSettings Settings => _scorer.Settings;

    private DiscriminatorConfig Config => _scorer.Config;

    private string? TokenCountName => _options.TokenCountInputName ?? _scorer.TokenCountColumnName;

    // The axis of the candidates of a token, which there is only if they are several.
    private object[] CandidateAxis => _candidatesPerToken == 1 ? [] : [_candidatesPerToken];

    private bool Truncates => Settings.Truncates || _options.Transformer is { TruncateToMaxTokens: true };

    private IEnumerable<string> InputNames
    {
        get
        {
            string[] sequences = _options.Transformer is { } transformer
                ? [transformer.PreviousColumnName, transformer.CurrentColumnName]
                : [_scorer.FeatureColumnName];
            return TokenCountName is null ? sequences : sequences.Append(TokenCountName);
        }
    }

    private IEnumerable<string> OutputNames => ScoreColumns.Names(_scorer.TokenProbabilities);

    /// <summary>Creates the model.</summary>
    public OnnxModel CreateModel()
    {
        var model = new OnnxModel();
        foreach (var name in InputNames.Concat(OutputNames))
            model.Reserve(name);
        var (context, candidates) = _options.Transformer is { } transformer ? AddEmbeddings(model, transformer) : AddSequences(model);
        var length = model.Size(candidates, 1);
        if (Settings.Truncates)
        {
            var positions = CombinedGraph.GetPositions(model, length, Config.MaxTokens, truncates: true);
            (context, candidates) = (model.Gather(context, positions, 1), model.Gather(candidates, positions, 1));
        }

        var logits = new DiscriminatorGraph(model, Config, name => Settings.Weights[name], _candidatesPerToken).Write(context, candidates);
        var scores = TokenCountName is { } count
            ? new ScoreGraph(model, logits, _scorer.Temperature, AddTokenCount(model, count), length, _candidatesPerToken)
            : new ScoreGraph(model, logits, _scorer.Temperature);
        AddOutputs(model, scores);
        return model;
    }

    private (string Context, string Candidates) AddSequences(OnnxModel model)
    {
        var description = "The combined sequences: the initial embedding and the real embeddings but for the last, then the candidates"
            + (_candidatesPerToken == 1 ? "." : $", {_candidatesPerToken} of each token side by side: the memory of (batch, {1 + _candidatesPerToken} * tokens, {Config.EmbeddingDimension}).");
        model.AddInput(_scorer.FeatureColumnName, OnnxType.Float, description, Batch, 1 + _candidatesPerToken, Tokens, Config.EmbeddingDimension);
        return CombinedGraph.Split(model, _scorer.FeatureColumnName, Config.EmbeddingDimension, _candidatesPerToken);
    }

    private (string Context, string Candidates) AddEmbeddings(OnnxModel model, NextTokenDiscriminatorTransformer transformer)
    {
        var (previous, current) = (transformer.PreviousColumnName, transformer.CurrentColumnName);
        model.AddInput(previous, OnnxType.Float, "The real embeddings, unshifted.", Batch, Tokens, Config.EmbeddingDimension);
        model.AddInput(current, OnnxType.Float, "The candidate embeddings of the same tokens.", [Batch, Tokens, .. CandidateAxis, Config.EmbeddingDimension]);
        return CombinedGraph.Write(
            model, previous, current, [.. transformer.InitialEmbedding], transformer.MaxTokens, transformer.TruncateToMaxTokens, _candidatesPerToken);
    }

    private static string AddTokenCount(OnnxModel model, string name)
    {
        model.AddInput(name, OnnxType.Int32, "The number of real tokens of each row. Later tokens are padding.", Batch);
        return model.Reshape(model.Cast(name, OnnxType.Int64), -1, 1);
    }

    private void AddOutputs(OnnxModel model, ScoreGraph scores)
    {
        object[] sizes = [Batch, Truncates ? ScoredTokens : Tokens, .. CandidateAxis];
        var tokenScores = _candidatesPerToken == 1 ? scores.TokenScores : model.Reshape(scores.TokenScores, 0, -1, _candidatesPerToken);
        var what = _candidatesPerToken == 1 ? "token" : "candidate";
        model.AddOutput(
            ScoreColumns.PredictedLabel, model.Reshape(scores.PredictedLabel, -1), OnnxType.Bool, "Whether the score is above 0.", Batch);
        model.AddOutput(ScoreColumns.Score, model.Reshape(scores.Score, -1), OnnxType.Float, "The mean logit of the row's real tokens.", Batch);
        model.AddOutput(
            ScoreColumns.Probability, model.Reshape(scores.Probability, -1), OnnxType.Float,
            "The logistic function of the score divided by the temperature that was fitted on validation rows.", Batch);
        model.AddOutput(ScoreColumns.TokenScores, tokenScores, OnnxType.Float, $"The logit of each {what}; NaN for padding.", sizes);
        if (_scorer.TokenProbabilities)
        {
            model.AddOutput(
                ScoreColumns.TokenProbabilities, ScoreGraph.GetProbability(model, tokenScores, _scorer.Temperature), OnnxType.Float,
                $"The logistic function of each {what}'s logit divided by the temperature; NaN for padding.", sizes);
        }
    }

    private (string Option, string Problem)? FindTransformerProblem()
    {
        if (_options.Transformer is not { } transformer)
            return null;
        if (transformer.EmbeddingDimension != Config.EmbeddingDimension)
            return (nameof(OnnxExportOptions.Transformer), $"expected embeddings of dimension {Config.EmbeddingDimension}, as the scorer reads them, found {transformer.EmbeddingDimension}");
        return transformer.OutputColumnName != _scorer.FeatureColumnName
            ? (nameof(OnnxExportOptions.Transformer), $"expected the transform that writes column '{_scorer.FeatureColumnName}', which the scorer reads, found one that writes '{transformer.OutputColumnName}'")
            : null;
    }

    private (string Option, string Problem)? FindCandidateProblem(BoundInputColumns? columns) =>
        columns is null || columns.CandidatesPerToken == _candidatesPerToken
            ? null
            : (nameof(OnnxExportOptions.InputSchema), $"expected {_candidatesPerToken} candidates of each token in column '{columns.Feature.Name}', as the transform writes them, found {columns.CandidatesPerToken}");

    private (string Option, string Problem)? FindNameProblem()
    {
        if (string.IsNullOrWhiteSpace(_options.GraphName))
            return (nameof(OnnxExportOptions.GraphName), "a name is needed, found none");
        if (TokenCountName is { } count && string.IsNullOrWhiteSpace(count))
            return (nameof(OnnxExportOptions.TokenCountInputName), "a name, or null (no such input), is needed, found a blank name");
        var twice = InputNames.Concat(OutputNames).GroupBy(name => name).FirstOrDefault(names => names.Count() > 1)?.Key;
        return twice is null ? null : ("Columns", $"the inputs and outputs of an ONNX model need different names, found '{twice}' twice");
    }

    private (string Option, string Problem)? FindMetadataProblem() =>
        _options.Metadata.Keys.FirstOrDefault(key => key.StartsWith(MetadataPrefix, StringComparison.Ordinal)) is { } reserved
            ? (nameof(OnnxExportOptions.Metadata), $"expected keys that do not begin with '{MetadataPrefix}', found '{reserved}'")
            : null;

    private IEnumerable<KeyValuePair<string, string>> CreateSizes()
    {
        (string Name, int Value)[] sizes =
        [
            ("embedding_dimension", Config.EmbeddingDimension), ("max_tokens", Config.MaxTokens), ("model_dimension", Config.ModelDimension!.Value),
            ("heads", Config.Heads!.Value), ("layers", Config.Layers), ("feed_forward_dimension", Config.FeedForwardDimension!.Value),
            .. _candidatesPerToken == 1 ? Array.Empty<(string, int)>() : [("candidates_per_token", _candidatesPerToken)],
        ];
        return sizes.Select(size => KeyValuePair.Create(MetadataPrefix + size.Name, size.Value.ToString(CultureInfo.InvariantCulture)));
    }
}
