using System.Diagnostics;
using System.Globalization;

namespace MlNetNtd.Studies.TextGan;

/// <summary>The checkpoint of a run: both networks, their optimizers and the position in the schedule in one file, all of one moment.</summary>
internal sealed class RunCheckpoint : IDisposable
{
    // A killed run repeats at most this much.
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    private readonly TrainingCheckpoint<RunState> _file;
    private readonly Stopwatch _sinceLast = Stopwatch.StartNew();

    /// <summary>Reserves the folder's checkpoint for a run.</summary>
    /// <exception cref="InvalidOperationException">Another run uses it.</exception>
    public RunCheckpoint(string folder, Hyperparameters hyperparameters, int seed, TextDataset dataset)
    {
        DiscriminatorTraining = Path.Combine(folder, "first-training.checkpoint");
        _file = new TrainingCheckpoint<RunState>(
            Path.Combine(folder, "run.checkpoint"),
            [new("preset", hyperparameters.Name), new("seed", seed.ToString(CultureInfo.InvariantCulture)), new("text", dataset.Hash)]);
    }

    /// <summary>Gets the path of the trainer's own checkpoint during the discriminator's first training.</summary>
    public string DiscriminatorTraining { get; }

    /// <summary>Gets whether the last checkpoint is old enough for another one.</summary>
    public bool IsDue => _sinceLast.Elapsed >= Interval;

    /// <summary>Reads the state to continue from; a new run begins with an empty one.</summary>
    /// <exception cref="InvalidOperationException">The file belongs to another preset, seed or text.</exception>
    public RunState Read() => _file.Read() ?? new RunState();

    public void Save(RunState state)
    {
        _file.Write(state);
        _sinceLast.Restart();
    }

    public void Dispose() => _file.Dispose();
}
