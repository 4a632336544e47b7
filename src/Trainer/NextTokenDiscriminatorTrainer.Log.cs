using System.Globalization;
using Microsoft.ML.Runtime;

namespace MlNetNtd;

// Messages about the rows, before the first step.
public sealed partial class NextTokenDiscriminatorTrainer
{
    // The fraction of padding tokens, in batches of rows in the order of the view, from which the log suggests BucketByLength.
    private const double PaddingToReport = 0.25;

    // More dimensions than that would make the warning hard to read.
    private const int MaxDimensionsInMessage = 8;

    private void Log(BoundInputColumns columns, BoundInputColumns? validationColumns, TrainingDataset data, DiscriminatorConfig config)
    {
        Log(columns, data.Training, "training");
        if (validationColumns is not null)
            Log(validationColumns, data.Validation, "validation");
        if (data.ShiftProblem is { } shift)
        {
            using var reading = _host.Start("Reading");
            reading.Warning(MessageSensitivity.Schema, shift);
        }

        if (data.Standardization is { ConstantDimensions: { Count: > 0 } constants })
        {
            using var reading = _host.Start("Reading");
            reading.Warning(MessageSensitivity.Schema, DescribeConstants(columns.Feature.Name, constants));
        }

        LogLengths(data, config);
        if (_options.ModelDimension is not { } requested || requested == config.ModelDimension)
            return;
        using var channel = _host.Start("Sizes");
        channel.Warning(
            MessageSensitivity.None,
            $"ModelDimension: {requested} is no multiple of {config.Heads} heads (Heads); the network is {config.ModelDimension} wide.");
    }

    private void Log(BoundInputColumns columns, DatasetCounts rows, string purpose)
    {
        using var channel = _host.Start("Reading");
        channel.Info(
            MessageSensitivity.None,
            $"Mask of the {purpose} rows: {columns.Mask.Description}"
            + (columns.Mask.Column is null ? "." : $"; {rows.RowsUnderRule} of {rows.Rows} follow the next-token rule."));
    }

    private static string DescribeConstants(string column, IReadOnlyList<int> dimensions)
    {
        var shown = string.Join(", ", dimensions.Take(MaxDimensionsInMessage));
        var more = dimensions.Count > MaxDimensionsInMessage ? $" and {dimensions.Count - MaxDimensionsInMessage} more" : "";
        return $"Column '{column}': dimension{(dimensions.Count == 1 ? "" : "s")} {shown}{more} of the embeddings (from 0) never change{(dimensions.Count == 1 ? "s" : "")} "
            + "in the training rows, so the network learns nothing from them.";
    }

    private void LogLengths(TrainingDataset data, DiscriminatorConfig config)
    {
        using var channel = _host.Start("Lengths");
        if (data.MaxHalfTokens < config.MaxTokens)
        {
            channel.Info(
                MessageSensitivity.None,
                $"Rows of up to {config.MaxTokens} tokens can be scored (MaxTokens); the longest one here has {data.MaxHalfTokens}, and positions behind it are not learned.");
        }

        if (!_options.BucketByLength && data.Padding.Avoidable >= PaddingToReport)
        {
            channel.Info(
                MessageSensitivity.None,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{100 * data.Padding.Avoidable:F0}% of the tokens are padding because rows differ in length: with BucketByLength rows of similar length share a batch."));
        }
    }
}
