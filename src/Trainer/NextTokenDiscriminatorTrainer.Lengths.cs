using System.Globalization;
using Microsoft.ML.Runtime;

namespace MlNetNtd;

public sealed partial class NextTokenDiscriminatorTrainer
{
    // The fraction of padding tokens, in batches of rows in the order of the view, from which the log suggests BucketByLength.
    private const double PaddingToReport = 0.25;

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
