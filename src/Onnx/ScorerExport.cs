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

    /// <summary>Checks that the scorer has an ONNX form.</summary>
    public ScorerExport(NextTokenDiscriminatorScorer scorer, OnnxExportOptions options)
    {
        _scorer = scorer;
        _options = options;
        scorer.ThrowIfDisposed();
        if (ScorerOnnx.FindPrecisionProblem(Settings) is { } precision)
            throw scorer.Environment.Unable($"SaveAsOnnx, {precision}");
        if (scorer.Settings.Columns.CandidatesPerToken > 1)
            throw scorer.Environment.Unable($"SaveAsOnnx, CandidatesPerToken: expected 1, found {scorer.Settings.Columns.CandidatesPerToken}. Export scorer.WithCandidatesPerToken(1).");
        if (options.InputSchema is { } inputSchema && ScorerOnnx.FindCandidateProblem(scorer.Bind(inputSchema).Columns) is { } candidates)
            throw scorer.Environment.Unable($"SaveAsOnnx, {candidates}");
        if (options.InputSchema is { } schema && ScorerOnnx.FindMaskProblem(scorer.Bind(schema).Columns) is { } masks)
            throw scorer.Environment.Unable($"SaveAsOnnx, {masks}");
        if ((FindTransformerProblem() ?? FindNameProblem() ?? FindMetadataProblem()) is { } problem)
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

        var logits = new DiscriminatorGraph(model, Config, name => Settings.Weights[name]).Write(context, candidates);
        var scores = TokenCountName is { } count ? new ScoreGraph(model, logits, AddTokenCount(model, count), length) : new ScoreGraph(model, logits);
        AddOutputs(model, scores);
        return model;
    }

    private (string Context, string Candidates) AddSequences(OnnxModel model)
    {
        model.AddInput(
            _scorer.FeatureColumnName, OnnxType.Float, "The combined sequences: the initial embedding and the real embeddings but for the last, then the candidates.",
            Batch, 2, Tokens, Config.EmbeddingDimension);
        return (model.Gather(_scorer.FeatureColumnName, model.Scalar(0L), 1), model.Gather(_scorer.FeatureColumnName, model.Scalar(1L), 1));
    }

    private (string Context, string Candidates) AddEmbeddings(OnnxModel model, NextTokenDiscriminatorTransformer transformer)
    {
        var (previous, current) = (transformer.PreviousColumnName, transformer.CurrentColumnName);
        model.AddInput(previous, OnnxType.Float, "The real embeddings, unshifted.", Batch, Tokens, Config.EmbeddingDimension);
        model.AddInput(current, OnnxType.Float, "The candidate embeddings of the same tokens.", Batch, Tokens, Config.EmbeddingDimension);
        return CombinedGraph.Write(
            model, previous, current, [.. transformer.InitialEmbedding], transformer.MaxTokens, transformer.TruncateToMaxTokens, candidatesPerToken: 1);
    }

    private static string AddTokenCount(OnnxModel model, string name)
    {
        model.AddInput(name, OnnxType.Int32, "The number of real tokens of each row. Later tokens are padding.", Batch);
        return model.Reshape(model.Cast(name, OnnxType.Int64), -1, 1);
    }

    private void AddOutputs(OnnxModel model, ScoreGraph scores)
    {
        var tokens = Truncates ? ScoredTokens : Tokens;
        model.AddOutput(
            ScoreColumns.PredictedLabel, model.Reshape(scores.PredictedLabel, -1), OnnxType.Bool, "Whether the score is above 0.", Batch);
        model.AddOutput(ScoreColumns.Score, model.Reshape(scores.Score, -1), OnnxType.Float, "The mean logit of the row's real tokens.", Batch);
        model.AddOutput(ScoreColumns.Probability, model.Reshape(scores.Probability, -1), OnnxType.Float, "The logistic function of the score.", Batch);
        model.AddOutput(ScoreColumns.TokenScores, scores.TokenScores, OnnxType.Float, "The logit of each token; NaN for padding.", Batch, tokens);
        if (_scorer.TokenProbabilities)
        {
            model.AddOutput(
                ScoreColumns.TokenProbabilities, model.Sigmoid(scores.TokenScores), OnnxType.Float, "The logistic function of each token's logit; NaN for padding.", Batch, tokens);
        }
    }

    private (string Option, string Problem)? FindTransformerProblem()
    {
        if (_options.Transformer is not { } transformer)
            return null;
        if (transformer.EmbeddingDimension != Config.EmbeddingDimension)
            return (nameof(OnnxExportOptions.Transformer), $"expected embeddings of dimension {Config.EmbeddingDimension}, as the scorer reads them, found {transformer.EmbeddingDimension}");
        if (transformer.CandidatesPerToken > 1)
            return (nameof(OnnxExportOptions.Transformer), $"expected one candidate of each token (CandidatesPerToken = 1), found {transformer.CandidatesPerToken}");
        return transformer.OutputColumnName != _scorer.FeatureColumnName
            ? (nameof(OnnxExportOptions.Transformer), $"expected the transform that writes column '{_scorer.FeatureColumnName}', which the scorer reads, found one that writes '{transformer.OutputColumnName}'")
            : null;
    }

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
        ];
        return sizes.Select(size => KeyValuePair.Create(MetadataPrefix + size.Name, size.Value.ToString(CultureInfo.InvariantCulture)));
    }
}
