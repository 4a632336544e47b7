using System.Diagnostics;
using Microsoft.ML.Runtime;

namespace MlNetNtd;

/// <summary>The checkpoints of one training: where they are, when they are due, and that nobody else writes them.</summary>
internal sealed class Checkpoints : IDisposable
{
    private readonly IExceptionContext _context;
    private readonly IChannel _channel;
    private readonly NextTokenDiscriminatorTrainer.Options _options;
    private readonly CheckpointIdentity _identity;
    private readonly string _path;
    private readonly FileStream _lock;
    private readonly Stopwatch _sinceLast = Stopwatch.StartNew();
    private long _stepsAtLast;

    private Checkpoints(
        IExceptionContext context, IChannel channel, NextTokenDiscriminatorTrainer.Options options, CheckpointIdentity identity, FileStream taken)
    {
        (_context, _channel, _options, _identity) = (context, channel, options, identity);
        (_path, _lock) = (options.CheckpointPath!, taken);
    }

    /// <summary>The last one that was written, for people; null: none.</summary>
    public string? Last { get; private set; }

    /// <summary>Takes a training's file for itself.</summary>
    /// <returns>Null where no checkpoints are asked for.</returns>
    /// <exception cref="InvalidOperationException">Another training has it, or nothing can be written there.</exception>
    public static Checkpoints? Open(
        IExceptionContext context, IChannel channel, NextTokenDiscriminatorTrainer.Options options, CheckpointIdentity identity)
    {
        if (options.CheckpointPath is not { } path)
            return null;
        try
        {
            return new Checkpoints(context, channel, options, identity, Take(path));
        }
        catch (Exception error) when (error is UnauthorizedAccessException or DirectoryNotFoundException)
        {
            throw context.Unable($"CheckpointPath: cannot write beside '{path}': {error.Message}");
        }
        catch (IOException error)
        {
            throw context.Unable($"CheckpointPath: '{path}' belongs to a training that is running: {error.Message}");
        }
    }

    /// <summary>What is there to go on from; null: nothing.</summary>
    /// <exception cref="InvalidOperationException">It is another training's; the message says what differs.</exception>
    /// <exception cref="FormatException">It is none, or damaged.</exception>
    public TrainingState? Read()
    {
        if (!File.Exists(_path))
            return null;
        (CheckpointIdentity Identity, TrainingState State) found;
        try
        {
            found = CheckpointFile.Read(_path);
        }
        catch (FormatException error)
        {
            throw _context.Process(new FormatException($"CheckpointPath: {error.Message}", error));
        }

        if (_identity.FindDifference(found.Identity) is { } difference)
        {
            throw _context.Unable(
                $"CheckpointPath: '{_path}' is of another training, and is left as it is: {difference}. Choose another path, or delete it.");
        }

        return found.State;
    }

    /// <summary>Writes the first one of a run, so that what stands in the way of writing is found before the work.</summary>
    /// <exception cref="InvalidOperationException">It cannot be written.</exception>
    public void Begin(TrainingState state)
    {
        try
        {
            Write(state);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw _context.Unable($"CheckpointPath: cannot write '{_path}': {error.Message}");
        }
    }

    /// <summary>Whether one is due after a step.</summary>
    public bool IsDue(long steps) =>
        (_options.CheckpointSteps > 0 && steps - _stepsAtLast >= _options.CheckpointSteps)
        || (_options.CheckpointSeconds > 0 && _sinceLast.Elapsed.TotalSeconds >= _options.CheckpointSeconds);

    /// <summary>Writes one. What fails costs a warning, not the training.</summary>
    public void Save(TrainingState state)
    {
        try
        {
            Write(state);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            _channel.Warning(MessageSensitivity.None, $"No checkpoint was written to '{_path}', training goes on: {error.Message}");
        }
    }

    public void Dispose() => _lock.Dispose();

    private static FileStream Take(string path) =>
        new($"{path}.lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, 1, FileOptions.DeleteOnClose);

    private void Write(TrainingState state)
    {
        // Due again only after as long, written or not.
        _sinceLast.Restart();
        _stepsAtLast = state.Steps;
        CheckpointFile.Write(_path, _identity, state);
        Last = $"'{_path}' (epoch {state.Epoch}, {state.Batches} batches done)";
    }
}
