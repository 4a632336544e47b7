using System.Diagnostics;

namespace MlNetNtd.Examples.TextGan;

/// <summary>Where a run is, as one file of the library's kind: both networks, their optimizers and the place in the schedule are of one moment.</summary>
internal sealed class Checkpoint : IDisposable
{
    // What a run that is killed has to do again, at most.
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    private readonly RunFolder _folder;
    private readonly TrainingCheckpoint<RunState> _file;
    private readonly Stopwatch _sinceLast = Stopwatch.StartNew();

    private Checkpoint(RunFolder folder, TrainingCheckpoint<RunState> file) => (_folder, _file) = (folder, file);

    /// <summary>Whether a run should be saved, though nothing is over.</summary>
    public bool IsDue => _sinceLast.Elapsed >= Interval;

    /// <summary>The file of the discriminator's first training.</summary>
    public string FirstTraining => _folder.FirstTraining;

    /// <summary>Whose run a folder's is.</summary>
    /// <exception cref="UserErrorException">There is none, or it cannot be read.</exception>
    public static RunIdentity Identity(RunFolder folder) => File.Exists(folder.Checkpoint)
        ? Guard(folder, () => RunIdentity.Of(TrainingCheckpoint.ReadFingerprint(folder.Checkpoint)))
        : throw new UserErrorException($"There is no checkpoint in '{folder.Path}' to resume from.");

    /// <summary>Takes the folder's checkpoint for a run; no other one can have it meanwhile.</summary>
    /// <exception cref="UserErrorException">Another run has it, or the folder cannot be written.</exception>
    public static Checkpoint Open(RunFolder folder, RunIdentity identity) =>
        Guard(folder, () => new Checkpoint(folder, new TrainingCheckpoint<RunState>(folder.Checkpoint, identity.Facts)));

    /// <summary>Reads where the run is.</summary>
    /// <exception cref="UserErrorException">It cannot be read.</exception>
    public RunState Read() => Guard(_folder, () =>
    {
        var state = _file.Read() ?? throw new FormatException("it is gone");
        return FindProblem(state) is { } problem ? throw new FormatException(problem) : state;
    });

    /// <summary>Writes where the run is.</summary>
    /// <exception cref="UserErrorException">The folder cannot be written.</exception>
    public void Save(RunState state)
    {
        _folder.Guard(() => _file.Write(state));
        _sinceLast.Restart();
    }

    public void Dispose() => _file.Dispose();

    private static string? FindProblem(RunState state) =>
        state.Rounds is < 1 or > Settings.MaxRounds || state.Results.Count > state.Rounds || (state.Results.Count > 0 && state.Start is null)
        || (state.Start is null) != (state.Discriminator is null)
            ? "it counts more than there can be"
            : null;

    private static T Guard<T>(RunFolder folder, Func<T> use)
    {
        try
        {
            return use();
        }
        catch (Exception e) when (e is FormatException or InvalidOperationException or IOException or UnauthorizedAccessException)
        {
            throw new UserErrorException($"The checkpoint in '{folder.Path}' cannot be used: {e.Message.TrimEnd('.')}.", e);
        }
    }
}
