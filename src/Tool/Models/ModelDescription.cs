using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.ML;

namespace MlNetNtd.Tool;

/// <summary>What <c>ntd inspect</c> says of a model.</summary>
/// <param name="File">The file's path.</param>
/// <param name="Bytes">The size of the file's entries together, unpacked.</param>
/// <param name="Columns">The columns of the rows that the model was fitted on.</param>
/// <param name="Stages">The stages in order.</param>
/// <param name="Options">The options of each stage of this library, by the stage's name.</param>
/// <param name="History">The epochs of the training, from MODEL.history.json beside the model; null if there is no such file.</param>
/// <param name="Weights">The weights of the discriminator; null if the model has none.</param>
internal sealed record ModelDescription(
    string File, long Bytes, IReadOnlyList<DescribedColumn> Columns, IReadOnlyList<DescribedStage> Stages,
    IReadOnlyDictionary<string, IReadOnlyDictionary<string, object?>> Options, IReadOnlyList<DescribedEpoch>? History, IReadOnlyList<DescribedWeight>? Weights)
{
    private static readonly JsonSerializerOptions Json = new()
    {
        WriteIndented = true,
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
        Converters = { new JsonStringEnumConverter() },
    };

    /// <summary>Describes a model.</summary>
    /// <exception cref="ToolException">The history beside the model is damaged.</exception>
    public static ModelDescription Create(LoadedModel model)
    {
        var files = model.Description.Stages.Where(stage => stage.LoaderSignature != "TransformerChain").ToList();
        var options = new Dictionary<string, IReadOnlyDictionary<string, object?>>();
        if (model.Transform is { } transform)
            options[nameof(NextTokenDiscriminatorTransformer)] = Describe(transform);
        if (model.Scorer is { } scorer)
            options[nameof(NextTokenDiscriminatorScorer)] = Describe(scorer);
        return new ModelDescription(
            model.Path, model.Description.Entries.Sum(entry => entry.Bytes),
            [.. (model.InputSchema ?? Enumerable.Empty<DataViewSchema.Column>()).Select(column => new DescribedColumn(column.Name, column.Type.ToString()!))],
            [.. files.Select(stage => new DescribedStage(stage.LoaderSignature, stage.AssemblyName?.Split(',')[0]))],
            options, TrainingHistory.FindBeside(model.Path), DescribeWeights(model.Scorer));
    }

    /// <summary>Writes the description as JSON.</summary>
    public string ToJson() => JsonSerializer.Serialize(this, Json);

    /// <summary>Writes the description as text.</summary>
    public string ToText()
    {
        var text = new StringBuilder();
        Line($"{File}: {Bytes:N0} bytes unpacked");
        Section("Columns of the rows that it was fitted on", Columns.Select(column => (column.Name, column.Type)));
        Section("Stages", Stages.Select(stage => (stage.Name, stage.Assembly ?? "")));
        foreach (var (stage, options) in Options)
            Section(stage, options.Select(option => (option.Key, Format(option.Value))));
        if (History is { } history)
        {
            Section("History", history.Select(epoch => ($"epoch {epoch.Epoch}", epoch.ToString())));
        }

        if (Weights is { } weights)
        {
            Section(
                Invariant($"Weights: {weights.Sum(weight => weight.Count):N0}, {weights.Sum(weight => weight.Count) * sizeof(float) / 1024.0:N1} KiB"),
                weights.Select(weight => (weight.Name, Invariant($"({string.Join(", ", weight.Shape)})"))));
        }

        return text.ToString().TrimEnd();

        void Section(string title, IEnumerable<(string Name, string Value)> lines)
        {
            var all = lines.ToList();
            var width = all.Count == 0 ? 0 : all.Max(line => line.Name.Length);
            text.AppendLine().AppendLine(title);
            foreach (var (name, value) in all)
                text.Append("  ").Append(name.PadRight(width)).Append("  ").AppendLine(value);
        }

        void Line(FormattableString line) => text.AppendLine(Invariant(line));
    }

    private static Dictionary<string, object?> Describe(NextTokenDiscriminatorTransformer transform) => WithCandidates(transform.CandidatesPerToken, new()
    {
        ["reads"] = $"{transform.PreviousColumnName}, {transform.CurrentColumnName}",
        ["writes"] = string.Join(", ", new[] { transform.OutputColumnName, transform.MaskColumnName, transform.TokenCountColumnName }.Where(name => name is not null)),
        ["embeddingDimension"] = transform.EmbeddingDimension,
        ["maxTokens"] = transform.MaxTokens,
        ["maskKind"] = transform.MaskKind,
        ["padToMaxTokens"] = transform.PadToMaxTokens,
        ["truncateToMaxTokens"] = transform.TruncateToMaxTokens,
        ["engine"] = transform.Engine,
        ["initialEmbedding"] = transform.InitialEmbedding.All(value => value == 0) ? "zeros" : Invariant($"{transform.InitialEmbedding.Length} values"),
    });

    private static Dictionary<string, object?> Describe(NextTokenDiscriminatorScorer scorer) => WithCandidates(scorer.CandidatesPerToken, new()
    {
        ["reads"] = string.Join(", ", new[] { scorer.FeatureColumnName, scorer.MaskColumnName, scorer.TokenCountColumnName }.Where(name => name is not null)),
        ["embeddingDimension"] = scorer.Config.EmbeddingDimension,
        ["maxTokens"] = scorer.Config.MaxTokens,
        ["layers"] = scorer.Config.Layers,
        ["heads"] = scorer.Config.Heads,
        ["modelDimension"] = scorer.Config.ModelDimension,
        ["feedForwardDimension"] = scorer.Config.FeedForwardDimension,
        ["dropout"] = scorer.Config.Dropout,
        ["attentionDropout"] = scorer.Config.AttentionDropout,
        ["precision"] = scorer.Config.Precision,
        ["learnInitialEmbedding"] = scorer.Config.LearnInitialEmbedding,
        ["temperature"] = scorer.Temperature,
        ["batchSize"] = scorer.BatchSize,
        ["badRowPolicy"] = scorer.BadRowPolicy,
        ["padTokenScores"] = scorer.PadTokenScores,
        ["tokenProbabilities"] = scorer.TokenProbabilities,
    });

    // Only models with several candidates of each token have the line.
    private static Dictionary<string, object?> WithCandidates(int candidatesPerToken, Dictionary<string, object?> options)
    {
        if (candidatesPerToken != 1)
            options.Add("candidatesPerToken", candidatesPerToken);
        return options;
    }

    private static DescribedWeight[]? DescribeWeights(NextTokenDiscriminatorScorer? scorer) => scorer is null
        ? null
        : [.. scorer.Model.Names.Select(name => new DescribedWeight(name, scorer.Model.Shape(name), scorer.Model.Values(name).Length))];

    private static string Format(object? value) => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}

/// <summary>A column.</summary>
internal sealed record DescribedColumn(string Name, string Type);

/// <summary>A stage by its loader signature, and the assembly that has it.</summary>
internal sealed record DescribedStage(string Name, string? Assembly);

/// <summary>A weight tensor.</summary>
internal sealed record DescribedWeight(string Name, IReadOnlyList<long> Shape, long Count);
