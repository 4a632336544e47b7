using System.Globalization;
using System.Text;

namespace MlNetNtd;

/// <summary>Describes scorers and networks as text.</summary>
internal static class Description
{
    /// <summary>Describes a network in one phrase.</summary>
    public static string Phrase(DiscriminatorConfig config) => Invariant(
        $"{Counted(config.Layers, "layer")}, {Counted(config.Heads!.Value, "head")}, width {config.ModelDimension}, {Weights(config):N0} weights, embeddings of dimension {config.EmbeddingDimension}, at most {Counted(config.MaxTokens, "token")}");

    /// <summary>Describes a scorer in several lines.</summary>
    public static string Describe(NextTokenDiscriminatorScorer scorer)
    {
        var config = scorer.Config;
        var text = new StringBuilder();
        Line(text, $"{nameof(NextTokenDiscriminatorScorer)}");
        var positions = scorer.CandidatesPerToken == 1 ? "2T" : Invariant($"T + T * {scorer.CandidatesPerToken}");
        Line(text, $"  Reads {scorer.FeatureColumnName}: Vector<Single, {positions}, {config.EmbeddingDimension}>, T at most {config.MaxTokens} (MaxTokens)");
        if (scorer.MaskColumnName is { } mask)
            Line(text, $"  Reads {mask}: the attention mask, ({positions}, {positions}), where it does not say that it follows the next-token rule");
        if (scorer.TokenCountColumnName is { } tokenCount)
            Line(text, $"  Reads {tokenCount}: T, Int32");
        if (scorer.CandidatesPerToken != 1)
            Line(text, $"  CandidatesPerToken {scorer.CandidatesPerToken}, where the column does not say another number");
        Line(text, $"  Writes {string.Join(", ", ScoreColumns.Names(scorer.TokenProbabilities))}");
        Line(text, $"  BatchSize {scorer.BatchSize}, BadRowPolicy {scorer.BadRowPolicy}, PadTokenScores {scorer.PadTokenScores}, Temperature {scorer.Temperature:G4}");
        if (scorer.History.LastOrDefault(epoch => epoch.IsBest) is { } best)
            Line(text, $"  Trained for {Counted(scorer.History.Length, "epoch")}; the weights are of epoch {best.Epoch}: {best.Validation ?? best.Training}{(best.Validation is null ? " on the training rows" : " on the validation rows")}");
        return text.Append(Describe(config)).ToString();
    }

    /// <summary>Describes a network in several lines.</summary>
    public static string Describe(DiscriminatorConfig config)
    {
        var text = new StringBuilder();
        Line(text, $"  Network: {Counted(config.Layers, "layer")}, {Counted(config.Heads!.Value, "head")}, width {config.ModelDimension}, feed-forward {config.FeedForwardDimension}, dropout {config.Dropout}, computed in {config.Precision}");
        Line(text, $"  Weights: {Weights(config):N0}, {Weights(config) * sizeof(float) / 1024.0:N1} KiB");
        var parameters = config.Parameters().ToList();
        var (name, sizes) = (parameters.Max(parameter => parameter.Name.Length), parameters.Max(parameter => Sizes(parameter).Length));
        foreach (var parameter in parameters)
            Line(text, $"    {parameter.Name.PadRight(name)}  {Sizes(parameter).PadRight(sizes)}  {parameter.Count:N0}");
        return text.ToString().TrimEnd();
    }

    private static long Weights(DiscriminatorConfig config) => config.Parameters().Sum(parameter => parameter.Count);

    private static string Sizes(ParameterShape parameter) => $"({string.Join(", ", parameter.Sizes)})";

    private static string Counted(int count, string what) => Invariant($"{count:N0} {what}{(count == 1 ? "" : "s")}");

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private static void Line(StringBuilder text, FormattableString line) => text.AppendLine(Invariant(line));
}
