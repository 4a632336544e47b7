using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.ML.Runtime;

namespace MlNetNtd;

/// <summary>The processes of one training, seen from one of them. A single process communicates nothing.</summary>
/// <param name="context">Marks errors.</param>
/// <param name="group">The process group; null for a single process.</param>
internal sealed class DistributedContext(IExceptionContext context, IProcessGroup? group)
{
    private const byte Failed = 1;
    private const byte Cancelled = 2;

    /// <summary>Creates the context for the process group of the options. A group of one counts as a single process.</summary>
    public static DistributedContext Create(IExceptionContext context, NextTokenDiscriminatorTrainer.Options options) =>
        new(context, options.ProcessGroup is { WorldSize: > 1 } several ? several : null);

    /// <summary>Gets whether there is only one process.</summary>
    public bool IsSingleProcess => group is null;

    /// <summary>Gets whether this process is the one that logs and writes checkpoints: rank 0, or the single process.</summary>
    public bool IsMainProcess => group is null || group.Rank == 0;

    /// <summary>Counts the processes of the group that run on this machine. All processes must call it, because it communicates.</summary>
    public int CountLocalProcesses()
    {
        if (group is null)
            return 1;
        var machine = Encoding.UTF8.GetBytes(Environment.MachineName);
        return group.AllGather(machine).Count(other => other.AsSpan().SequenceEqual(machine));
    }

    /// <summary>Creates the shard of the rows that this process trains on.</summary>
    public DataShard CreateShard(NextTokenDiscriminatorTrainer.Options options) => DataShard.Create(
        group?.Rank ?? 0, group?.WorldSize ?? 1, (int)Math.Min(options.RowsPerStep, int.MaxValue), options.BucketByLength,
        options.InputIsSharded && group is not null);

    /// <summary>Creates the all-reduce for a learner's steps.</summary>
    /// <param name="signals">The number of values to add up beside the gradients.</param>
    /// <returns>The all-reduce; null for a single process.</returns>
    public GradientAllReduce? CreateGradientAllReduce(int signals) => group is null ? null : new GradientAllReduce(group, signals);

    /// <summary>Runs a function in every process. If it fails in one process, it fails in all of them.</summary>
    /// <param name="function">The function. It must not communicate.</param>
    /// <returns>This process's result.</returns>
    /// <exception cref="InvalidOperationException">The function failed in another process; the message says which one and why.</exception>
    /// <exception cref="OperationCanceledException">The function was canceled in another process.</exception>
    public T RunOnAllRanks<T>(Func<T> function)
    {
        if (group is null)
            return function();
        var (result, error) = (default(T), (ExceptionDispatchInfo?)null);
        try
        {
            result = function();
        }
#pragma warning disable CA1031 // It is thrown again as soon as the other processes know of it.
        catch (Exception thrown)
#pragma warning restore CA1031
        {
            error = ExceptionDispatchInfo.Capture(thrown);
        }

        // A process without an error sends no bytes.
        var all = group.AllGather(error?.SourceException is { } own
            ? [own is OperationCanceledException ? Cancelled : Failed, .. Encoding.UTF8.GetBytes(own.Message)]
            : []);
        error?.Throw();
        var failed = Array.FindIndex(all, bytes => bytes.Length > 0);
        if (failed < 0)
            return result!;
        var message = $"Process {failed} of {all.Length} (ranks from 0): {Encoding.UTF8.GetString(all[failed].AsSpan(1))}";
        throw all[failed][0] == Cancelled ? context.Process(new OperationCanceledException(message)) : context.Unable(message);
    }

    /// <summary>Runs an action in every process. If it fails in one process, it fails in all of them.</summary>
    /// <param name="action">The action. It must not communicate.</param>
    /// <exception cref="InvalidOperationException">The action failed in another process; the message says which one and why.</exception>
    /// <exception cref="OperationCanceledException">The action was canceled in another process.</exception>
    public void RunOnAllRanks(Action action) => RunOnAllRanks(() =>
    {
        action();
        return true;
    });

    /// <summary>Gives every process the values of all processes.</summary>
    /// <param name="value">This process's value, of any type that a checkpoint can hold.</param>
    /// <returns>The values by rank.</returns>
    public T[] AllGather<T>(T value) => group is null ? [value] : Array.ConvertAll(group.AllGather(StateSerializer.Write(value)), StateSerializer.Read<T>);

    /// <summary>Gives every process the main process's value.</summary>
    /// <param name="function">Computes the value. Called in the main process only; if it fails, it fails in all processes.</param>
    public T BroadcastFromMain<T>(Func<T> function)
    {
        if (group is null)
            return function();
        var (value, head, arrays) = RunOnAllRanks<(T? Result, byte[] Head, List<float[]> Arrays)>(() =>
        {
            if (!IsMainProcess)
                return (default, [], []);
            var result = function();
            var (head, arrays) = StateHead.Write(result);
            return (result, head, arrays);
        });
        Span<int> length = [head.Length];
        group.Broadcast(MemoryMarshal.AsBytes(length));
        if (!IsMainProcess)
            head = new byte[length[0]];
        group.Broadcast(head);
        var stateHead = IsMainProcess ? null : StateHead.Read(head);
        arrays = stateHead?.AllocateArrays() ?? arrays;
        // Arrays are sent one by one, so together they may be longer than one array of bytes.
        foreach (var array in arrays)
            FloatBlocks.ForEach(array, group.Broadcast);
        return stateHead is null ? value! : stateHead.ReadState<T>(arrays)!;
    }

    /// <summary>
    /// Gives every process the main process's weights and optimizer state, because processors of different kinds round differently.
    /// </summary>
    public void BroadcastState(ILearner learner)
    {
        if (group is not null)
            learner.SetState(BroadcastFromMain(learner.GetState));
    }

    /// <summary>Checks that all processes run the version of the main process. Called before anything else is communicated.</summary>
    /// <exception cref="InvalidOperationException">Thrown in all processes if one differs; the message names it and both versions.</exception>
    public void VerifySameVersion()
    {
        if (group is null)
            return;
        // As text, because another version may serialize states differently.
        var all = group.AllGather(Encoding.UTF8.GetBytes(LibraryVersion.Both));
        for (var rank = 1; rank < all.Length; rank++)
        {
            if (!all[rank].AsSpan().SequenceEqual(all[0]))
            {
                throw context.Unable(
                    $"ProcessGroup: process {rank} of {all.Length} (ranks from 0) runs another version than the first one: expected {Encoding.UTF8.GetString(all[0])}, "
                    + $"found {Encoding.UTF8.GetString(all[rank])}.");
            }
        }
    }

    /// <summary>Checks that all processes train what the main process trains.</summary>
    /// <param name="fingerprint">The fingerprint of this process's training.</param>
    /// <exception cref="InvalidOperationException">Thrown in all processes if one differs; the message names it and the difference.</exception>
    public void VerifySameTraining(CheckpointFingerprint fingerprint)
    {
        var all = AllGather(fingerprint.Properties.Select(property => new[] { property.Name, property.Value }).ToArray());
        CheckpointFingerprint[] fingerprints =
            [.. all.Select(properties => new CheckpointFingerprint([.. properties.Select(property => (property[0], property[1]))]))];
        for (var rank = 1; rank < fingerprints.Length; rank++)
        {
            if (fingerprints[rank].FindDifference(fingerprints[0]) is { } difference)
                throw context.Unable($"ProcessGroup: process {rank} of {fingerprints.Length} (ranks from 0) trains something else than the first one: {difference}.");
        }
    }

    /// <summary>Merges the metrics of all processes.</summary>
    /// <param name="metrics">The metrics of this process's rows.</param>
    /// <returns>The metrics of all rows, the same in every process.</returns>
    public BinaryMetricsAccumulator MergeMetrics(BinaryMetricsAccumulator metrics)
    {
        if (group is null)
            return metrics;
        var merged = new BinaryMetricsAccumulator();
        foreach (var state in AllGather(metrics.State))
            merged.Add(state);
        return merged;
    }

    /// <summary>Ends all processes, because the others would wait for this one forever.</summary>
    /// <param name="error">The reason.</param>
    public void Abort(Exception error) => group?.Abort($"{error.GetType().Name}: {error.Message}");

    /// <summary>Describes the process group; empty for a single process.</summary>
    public override string ToString() => $"{group}";
}
