using System.Diagnostics;
using Microsoft.ML.Runtime;

namespace MlNetNtd;

/// <summary>Reads and writes the checkpoints of one training, and decides when one is due.</summary>
internal sealed class CheckpointManager : IDisposable
{
    private readonly IExceptionContext _context;
    private readonly IChannel _channel;
    private readonly NextTokenDiscriminatorTrainer.Options _options;
    private readonly TrainingCheckpoint<TrainingState> _file;
    private readonly Stopwatch _sinceLast = Stopwatch.StartNew();
    private long _stepsAtLast;

    private CheckpointManager(
        IExceptionContext context, IChannel channel, NextTokenDiscriminatorTrainer.Options options, TrainingCheckpoint<TrainingState> file) =>
        (_context, _channel, _options, _file) = (context, channel, options, file);

    /// <summary>Gets a description of the last checkpoint written, for messages; null if there is none.</summary>
    public string? Last { get; private set; }

    /// <summary>Locks the file that the options name.</summary>
    /// <returns>The lock; null if the options name no file.</returns>
    /// <exception cref="InvalidOperationException">Another training holds the lock, or the folder is not writable.</exception>
    public static CheckpointLock? TryLock(IExceptionContext context, NextTokenDiscriminatorTrainer.Options options)
    {
        try
        {
            return options.CheckpointPath is { } path ? CheckpointLock.Take(path) : null;
        }
        catch (InvalidOperationException error)
        {
            throw context.Unable($"CheckpointPath: {error.Message}", error);
        }
    }

    /// <summary>Creates the manager of a locked file.</summary>
    /// <param name="context">Marks errors.</param>
    /// <param name="channel">Logs checkpoints that cannot be written.</param>
    /// <param name="options">The trainer's options, which say when a checkpoint is due.</param>
    /// <param name="fingerprint">The fingerprint of the training.</param>
    /// <param name="fileLock">The lock, which is released with the manager; null: no checkpoints.</param>
    /// <returns>The manager; null without a lock.</returns>
    public static CheckpointManager? Open(
        IExceptionContext context, IChannel channel, NextTokenDiscriminatorTrainer.Options options, CheckpointFingerprint fingerprint, CheckpointLock? fileLock) =>
        fileLock is null ? null : new CheckpointManager(context, channel, options, new TrainingCheckpoint<TrainingState>(fileLock, fingerprint));

    /// <summary>Reads the checkpoint.</summary>
    /// <param name="validator">Validates the state against this training.</param>
    /// <returns>The state to resume from; null if there is no file.</returns>
    /// <exception cref="InvalidOperationException">The checkpoint belongs to another training; the message says what differs.</exception>
    /// <exception cref="FormatException">The file is not a checkpoint or is damaged, or this training cannot have its state.</exception>
    public TrainingState? Read(TrainingStateValidator validator)
    {
        try
        {
            var state = _file.Read();
            return state is not null && validator.FindProblem(state) is { } problem
                ? throw LoadedCheckpoint.Problem(_file.Path, $"its checksum is right, but what it holds is not: {problem}")
                : state;
        }
        catch (FormatException error)
        {
            throw _context.Process(new FormatException($"CheckpointPath: {error.Message}", error));
        }
        catch (Exception error) when (error is InvalidOperationException or IOException or UnauthorizedAccessException)
        {
            throw _context.Unable($"CheckpointPath: {error.Message}", error);
        }
    }

    /// <summary>Writes the first checkpoint before the first step, so that obstacles to writing show at once.</summary>
    /// <exception cref="InvalidOperationException">The checkpoint cannot be written.</exception>
    public void WriteInitial(TrainingState state)
    {
        try
        {
            Write(state);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw _context.Unable($"CheckpointPath: cannot write '{_file.Path}': {error.Message}");
        }
    }

    /// <summary>Returns whether a checkpoint is due.</summary>
    /// <param name="steps">The number of steps done.</param>
    public bool IsDue(long steps) =>
        (_options.CheckpointSteps > 0 && steps - _stepsAtLast >= _options.CheckpointSteps)
        || (_options.CheckpointSeconds > 0 && _sinceLast.Elapsed.TotalSeconds >= _options.CheckpointSeconds);

    /// <summary>Writes a checkpoint. If that fails, it logs a warning and training continues.</summary>
    public void Save(TrainingState state)
    {
        try
        {
            Write(state);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            _channel.Warning(MessageSensitivity.None, $"No checkpoint was written to '{_file.Path}', training goes on: {error.Message}");
        }
    }

    public void Dispose() => _file.Dispose();

    private void Write(TrainingState state)
    {
        // A checkpoint that could not be written is due again after the same interval, not at the next step.
        _sinceLast.Restart();
        _stepsAtLast = state.Learner?.Steps ?? 0;
        _file.Write(state);
        Last = $"'{_file.Path}' (epoch {state.Epoch}, {state.Batches} batches done)";
    }
}
