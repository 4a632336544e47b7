using System.Globalization;

namespace MlNetNtd;

/// <summary>
/// One line on the error stream when a training begins that nobody listens to: ML.NET's log goes nowhere until somebody asks for it,
/// and a training can take hours.
/// </summary>
/// <remarks>Once in a process: trainings side by side or one after another, as in a search or in cross-validation, say it once.</remarks>
/// <param name="output">Where to.</param>
internal sealed class StartNotice(Func<TextWriter> output)
{
    private int _told;

    /// <summary>That of this process.</summary>
    public static StartNotice OfProcess { get; } = new(() => Console.Error);

    /// <summary>Says what begins, and how to see more.</summary>
    /// <param name="options">Those of the training; with <c>ProgressSeconds = 0</c> it says nothing.</param>
    /// <param name="isHeard">Whether somebody is told of epochs or of progress.</param>
    /// <param name="data">The rows.</param>
    /// <param name="device">Where it trains.</param>
    public void Report(NextTokenDiscriminatorTrainer.Options options, bool isHeard, TrainingDataset data, NetworkDevice device)
    {
        if (options.ProgressSeconds == 0 || isHeard || Interlocked.Exchange(ref _told, 1) != 0)
            return;
        output().WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"NextTokenDiscriminator trains on {data.Training.Rows} rows ({data.Validation.Rows} more for validation), {options.Epochs} epochs at most, on {device.Device}. "
            + $"To see each epoch: mlContext.Log += (_, e) => Console.WriteLine(e.RawMessage); (said once a process; ProgressSeconds = 0: not at all)"));
    }
}
