using System.Globalization;

namespace MlNetNtd;

/// <summary>
/// Writes one line to the error stream when a training starts without a listener. ML.NET's log is discarded unless somebody subscribes to
/// it, and a training can take hours.
/// </summary>
/// <remarks>The line is written once per process, even if a search or a cross-validation runs many trainings.</remarks>
/// <param name="output">Gets the writer.</param>
internal sealed class StartNotice(Func<TextWriter> output)
{
    private int _reported;

    /// <summary>Gets the notice of this process.</summary>
    public static StartNotice OfProcess { get; } = new(() => Console.Error);

    /// <summary>Writes what starts and how to see more, unless it was written before.</summary>
    /// <param name="options">The trainer's options. With <c>ProgressSeconds = 0</c> nothing is written.</param>
    /// <param name="hasListener">Whether the trainer has a callback for epochs or progress. If it has, nothing is written.</param>
    /// <param name="data">The rows.</param>
    /// <param name="engine">What computes the training.</param>
    public void Report(NextTokenDiscriminatorTrainer.Options options, bool hasListener, TrainingDataset data, TrainingEngine engine)
    {
        if (options.ProgressSeconds == 0 || hasListener || Interlocked.Exchange(ref _reported, 1) != 0)
            return;
        output().WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"NextTokenDiscriminator trains on {data.Training.Rows} rows ({data.Validation.Rows} more for validation), {options.GetEpochs(data.Steps)} epochs at most, on {engine}. "
            + $"To see each epoch: mlContext.Log += (_, e) => Console.WriteLine(e.RawMessage); (said once a process; ProgressSeconds = 0: not at all)"));
    }
}
