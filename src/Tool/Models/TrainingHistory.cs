using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace MlNetNtd.Tool;

/// <summary>An epoch of a training, as JSON has it. Metrics that do not exist are null.</summary>
internal sealed record DescribedEpoch(int Epoch, DescribedMetrics Training, DescribedMetrics? Validation, double RowsPerSecond, bool IsBest)
{
    public static DescribedEpoch From(EpochResult epoch) => new(
        epoch.Epoch, DescribedMetrics.From(epoch.Training), epoch.Validation is { } validation ? DescribedMetrics.From(validation) : null, epoch.RowsPerSecond, epoch.IsBest);

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"training {Training}{(Validation is null ? "" : $"; validation {Validation}")}{(IsBest ? "; best so far" : "")}");
}

/// <summary>The metrics of an epoch.</summary>
internal sealed record DescribedMetrics(double Loss, double Accuracy, double? AreaUnderRocCurve)
{
    public static DescribedMetrics From(DiscriminatorMetrics metrics) =>
        new(metrics.Loss, metrics.Accuracy, double.IsNaN(metrics.AreaUnderRocCurve) ? null : metrics.AreaUnderRocCurve);

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"loss {Loss:F4}, accuracy {Accuracy:F4}, AUC {AreaUnderRocCurve:F4}");
}

/// <summary>The history of a training in a JSON file. A model zip has no room for it, so it lies beside the model.</summary>
internal static class TrainingHistory
{
    private static readonly JsonSerializerOptions Options = new()
    {
        WriteIndented = true,
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    /// <summary>Gets the name of the history that lies beside a model.</summary>
    public static string GetPath(string model) => Path.ChangeExtension(model, ".history.json");

    /// <summary>Writes a history.</summary>
    public static void Write(string path, IEnumerable<EpochResult> history) =>
        OutputFile.WriteText(path, JsonSerializer.Serialize(history.Select(DescribedEpoch.From), Options));

    /// <summary>Draws the losses as SVG.</summary>
    public static string DrawChart(IReadOnlyList<EpochResult> history)
    {
        var lines = new List<LineChart.Series> { new("training", [.. history.Select(epoch => ((double)epoch.Epoch, epoch.Training.Loss))]) };
        if (history.Any(epoch => epoch.Validation is not null))
            lines.Add(new LineChart.Series("validation", [.. history.Select(epoch => ((double)epoch.Epoch, epoch.Validation?.Loss ?? double.NaN))]));
        return LineChart.Draw("Loss by epoch, nats", "epoch", lines);
    }

    /// <summary>Reads the history beside a model; null if there is none.</summary>
    /// <exception cref="ToolException">The file is no history.</exception>
    public static IReadOnlyList<DescribedEpoch>? FindBeside(string model)
    {
        var path = GetPath(model);
        if (!File.Exists(path))
            return null;
        try
        {
            return JsonSerializer.Deserialize<DescribedEpoch[]>(File.ReadAllText(path), Options);
        }
        catch (Exception e) when (e is JsonException or IOException or UnauthorizedAccessException)
        {
            throw new ToolException($"{path}: expected the history of a training, found something else: {e.Message}", e);
        }
    }
}
