using System.Globalization;
using Microsoft.ML.Runtime;

namespace MlNetNtd;

public sealed partial class NextTokenDiscriminatorTrainer
{
    // Of all tokens in batches of rows as they come.
    private const double MuchPadding = 0.25;

    private void LogLengths(TrainingDataset data, DiscriminatorConfig shape)
    {
        using var channel = _host.Start("Lengths");
        if (data.MaxHalfTokens < shape.MaxTokens)
        {
            channel.Info(
                MessageSensitivity.None,
                $"Rows of up to {shape.MaxTokens} tokens can be scored (MaxTokens); the longest one here has {data.MaxHalfTokens}, and positions behind it are not learned.");
        }

        if (!_options.BucketByLength && data.Padding.Avoidable >= MuchPadding)
        {
            channel.Info(
                MessageSensitivity.None,
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{100 * data.Padding.Avoidable:F0}% of the tokens are padding because rows differ in length: with BucketByLength rows of similar length share a batch."));
        }
    }
}
