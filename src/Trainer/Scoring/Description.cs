using System.Globalization;
using System.Text;

namespace MlNetNtd;

/// <summary>Summaries of a scorer and of its weights, for people.</summary>
internal static class Description
{
    /// <summary>One phrase on a network.</summary>
    public static string Phrase(DiscriminatorConfig shape) => Invariant(
        $"{Counted(shape.Layers, "layer")}, {Counted(shape.Heads!.Value, "head")}, width {shape.ModelDimension}, {Weights(shape):N0} weights, embeddings of dimension {shape.EmbeddingDimension}, at most {Counted(shape.MaxTokens, "token")}");

    /// <summary>A scorer, line by line.</summary>
    public static string Describe(NextTokenDiscriminatorScorer scorer)
    {
        var shape = scorer.Config;
        var text = new StringBuilder();
        Line(text, $"{nameof(NextTokenDiscriminatorScorer)}");
        Line(text, $"  Reads {scorer.FeatureColumnName}: Vector<Single, 2T, {shape.EmbeddingDimension}>, T at most {shape.MaxTokens} (MaxTokens)");
        if (scorer.MaskColumnName is { } mask)
            Line(text, $"  Reads {mask}: the attention mask, (2T, 2T), where it does not say that it follows the next-token rule");
        if (scorer.TokenCountColumnName is { } tokenCount)
            Line(text, $"  Reads {tokenCount}: T, Int32");
        Line(text, $"  Writes {string.Join(", ", ScoreColumns.Names(scorer.TokenProbabilities))}");
        Line(text, $"  BatchSize {scorer.BatchSize}, BadRowPolicy {scorer.BadRowPolicy}, PadTokenScores {scorer.PadTokenScores}");
        if (scorer.History.LastOrDefault(epoch => epoch.IsBest) is { } best)
            Line(text, $"  Trained for {Counted(scorer.History.Length, "epoch")}; the weights are of epoch {best.Epoch}: {best.Validation ?? best.Training}{(best.Validation is null ? " on the training rows" : " on the validation rows")}");
        return text.Append(Describe(shape)).ToString();
    }

    /// <summary>A network, line by line.</summary>
    public static string Describe(DiscriminatorConfig shape)
    {
        var text = new StringBuilder();
        Line(text, $"  Network: {Counted(shape.Layers, "layer")}, {Counted(shape.Heads!.Value, "head")}, width {shape.ModelDimension}, feed-forward {shape.FeedForwardDimension}, dropout {shape.Dropout}, computed in {shape.Precision}");
        Line(text, $"  Weights: {Weights(shape):N0}, {Weights(shape) * sizeof(float) / 1024.0:N1} KiB");
        var parameters = shape.Parameters().ToList();
        var (name, sizes) = (parameters.Max(parameter => parameter.Name.Length), parameters.Max(parameter => Sizes(parameter).Length));
        foreach (var parameter in parameters)
            Line(text, $"    {parameter.Name.PadRight(name)}  {Sizes(parameter).PadRight(sizes)}  {parameter.Count:N0}");
        return text.ToString().TrimEnd();
    }

    private static long Weights(DiscriminatorConfig shape) => shape.Parameters().Sum(parameter => parameter.Count);

    private static string Sizes(ParameterShape parameter) => $"({string.Join(", ", parameter.Sizes)})";

    private static string Counted(int count, string what) => Invariant($"{count:N0} {what}{(count == 1 ? "" : "s")}");

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private static void Line(StringBuilder text, FormattableString line) => text.AppendLine(Invariant(line));
}
