using System.Diagnostics;
using Microsoft.ML.Runtime;

namespace MlNetNtd;

/// <summary>The checkpoints of one training: where they are, when they are due, and that nobody else writes them.</summary>
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

    /// <summary>The last one that was written, for people; null: none.</summary>
    public string? Last { get; private set; }

    /// <summary>Takes a training's file for itself, before anything else is done for it.</summary>
    /// <returns>Null where no checkpoints are asked for.</returns>
    /// <exception cref="InvalidOperationException">Another training has it, or nothing can be written there.</exception>
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

    /// <summary>The checkpoints in a file that was taken.</summary>
    /// <param name="context">Marks errors.</param>
    /// <param name="channel">Told of what cannot be written.</param>
    /// <param name="options">When they are due.</param>
    /// <param name="identity">What they belong to.</param>
    /// <param name="place">The file; let go with this. Null: no checkpoints are asked for.</param>
    public static CheckpointManager? Open(
        IExceptionContext context, IChannel channel, NextTokenDiscriminatorTrainer.Options options, CheckpointFingerprint identity, CheckpointLock? place) =>
        place is null ? null : new CheckpointManager(context, channel, options, new TrainingCheckpoint<TrainingState>(place, identity));

    /// <summary>What is there to go on from; null: nothing.</summary>
    /// <param name="bounds">What it can be.</param>
    /// <exception cref="InvalidOperationException">It is another training's; the message says what differs.</exception>
    /// <exception cref="FormatException">It is none, or damaged, or no state that this training can be in.</exception>
    public TrainingState? Read(TrainingStateValidator bounds)
    {
        try
        {
            var state = _file.Read();
            return state is not null && bounds.FindProblem(state) is { } problem
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

    /// <summary>Writes the first one of a run, so that what stands in the way of writing is found before the work.</summary>
    /// <exception cref="InvalidOperationException">It cannot be written.</exception>
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
            _channel.Warning(MessageSensitivity.None, $"No checkpoint was written to '{_file.Path}', training goes on: {error.Message}");
        }
    }

    public void Dispose() => _file.Dispose();

    private void Write(TrainingState state)
    {
        // Due again only after as long, written or not.
        _sinceLast.Restart();
        _stepsAtLast = state.Learner?.Steps ?? 0;
        _file.Write(state);
        Last = $"'{_file.Path}' (epoch {state.Epoch}, {state.Batches} batches done)";
    }
}
