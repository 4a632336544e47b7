using System.Globalization;
using System.Text.Json;
using Microsoft.ML.Data;

namespace MlNetNtd.Tool;

/// <summary>The metrics of an evaluation.</summary>
/// <param name="Files">The number of files.</param>
/// <param name="Rows">The metrics of rows; null if labels are per token.</param>
/// <param name="Tokens">The metrics of tokens.</param>
internal sealed record EvaluationResult(int Files, BinaryClassificationMetrics? Rows, TokenClassificationMetrics Tokens)
{
    private const int MaxShownPositions = 32;
    private const int BarWidth = 30;

    /// <summary>Writes the metrics as JSON; those that do not exist, as the AUC of equal labels, are null.</summary>
    public string ToJson()
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true }))
        {
            writer.WriteStartObject();
            writer.WriteNumber("files", Files);
            if (Rows is not null)
            {
                writer.WriteStartObject("rows");
                foreach (var (name, value) in RowMetrics(Rows))
                    Write(writer, name, value);
                writer.WriteEndObject();
            }

            writer.WriteStartObject("tokens");
            Write(writer, Tokens.All);
            writer.WriteStartArray("byPosition");
            foreach (var position in Tokens.ByPosition)
            {
                writer.WriteStartObject();
                Write(writer, position);
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        return System.Text.Encoding.UTF8.GetString(stream.ToArray());
    }

    /// <summary>Prints a table of the metrics and one of the positions, with bars.</summary>
    public void Print(ToolConsole console)
    {
        var rows = Rows is null ? [] : RowMetrics(Rows).ToDictionary(metric => metric.Name, metric => metric.Value);
        TextTable.Write(
            console, ["metric", "tokens", .. Rows is null ? Array.Empty<string>() : ["rows"]],
            TokenMetrics(Tokens.All).Select(metric => (string[])
                [Words(metric.Name), metric.Name is "count" or "positives" ? Whole((int)metric.Value) : Text(metric.Value), .. Rows is null ? Array.Empty<string>() : [rows.TryGetValue(metric.Name, out var value) ? Text(value) : ""]]));
        console.Out.WriteLine();
        var step = (Tokens.ByPosition.Length + MaxShownPositions - 1) / MaxShownPositions;
        TextTable.Write(
            console, ["position", "tokens", "AUC", "0 to 1"],
            Tokens.ByPosition.Index().Where(entry => entry.Index % step == 0).Select(entry => (string[])
                [Whole(entry.Index), Whole(entry.Item.Count), Text(entry.Item.AreaUnderRocCurve), Bar(entry.Item.AreaUnderRocCurve)]));
    }

    /// <summary>Draws the AUC by position as SVG.</summary>
    public string DrawChart() => LineChart.Draw(
        "AUC by position", "position", [new LineChart.Series("AUC", [.. Tokens.ByPosition.Select((metrics, i) => ((double)i, metrics.AreaUnderRocCurve))])]);

    private static IEnumerable<(string Name, double Value)> RowMetrics(BinaryClassificationMetrics metrics) =>
    [
        ("accuracy", metrics.Accuracy), ("areaUnderRocCurve", metrics.AreaUnderRocCurve), ("areaUnderPrecisionRecallCurve", metrics.AreaUnderPrecisionRecallCurve),
        ("f1Score", metrics.F1Score), ("logLoss", metrics is CalibratedBinaryClassificationMetrics calibrated ? calibrated.LogLoss : double.NaN),
    ];

    private static IEnumerable<(string Name, double Value)> TokenMetrics(TokenMetrics metrics) =>
    [
        ("count", metrics.Count), ("positives", metrics.Positives), ("accuracy", metrics.Accuracy), ("areaUnderRocCurve", metrics.AreaUnderRocCurve),
        ("areaUnderPrecisionRecallCurve", metrics.AreaUnderPrecisionRecallCurve), ("f1Score", metrics.F1Score), ("logLoss", metrics.LogLoss),
        ("expectedCalibrationError", metrics.ExpectedCalibrationError),
    ];

    private static void Write(Utf8JsonWriter writer, TokenMetrics metrics)
    {
        foreach (var (name, value) in TokenMetrics(metrics))
            Write(writer, name, value);
    }

    private static void Write(Utf8JsonWriter writer, string name, double value)
    {
        if (double.IsFinite(value))
            writer.WriteNumber(name, value);
        else
            writer.WriteNull(name);
    }

    // areaUnderRocCurve, as JSON has it, in words.
    private static string Words(string name) => string.Concat(name.Select(letter => char.IsUpper(letter) ? $" {char.ToLowerInvariant(letter)}" : $"{letter}"));

    private static string Bar(double value) => double.IsNaN(value) ? "" : new string('#', (int)Math.Round(BarWidth * value));

    private static string Whole(int value) => value.ToString(CultureInfo.InvariantCulture);

    private static string Text(double value) => value.ToString("0.0000", CultureInfo.InvariantCulture);
}
