using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.ML.Runtime;

namespace MlNetNtd;

/// <summary>The processes of one training, or the one that trains alone, which asks nobody.</summary>
/// <param name="context">Marks errors.</param>
/// <param name="group">They; null: there is one.</param>
internal sealed class DistributedContext(IExceptionContext context, IProcessGroup? group)
{
    private const byte Failed = 1;
    private const byte Cancelled = 2;

    /// <summary>Those that the options name.</summary>
    public static DistributedContext Create(IExceptionContext context, NextTokenDiscriminatorTrainer.Options options) =>
        new(context, options.ProcessGroup is { WorldSize: > 1 } several ? several : null);

    /// <summary>Whether there is one process.</summary>
    public bool IsSingleProcess => group is null;

    /// <summary>Whether this is the one that logs and writes checkpoints.</summary>
    public bool IsMainProcess => group is not { Rank: > 0 };

    /// <summary>How many processes of the team are on this machine.</summary>
    public int CountLocalProcesses
    {
        get
        {
            if (group is null)
                return 1;
            var here = Encoding.UTF8.GetBytes(Environment.MachineName);
            return group.AllGather(here).Count(there => there.AsSpan().SequenceEqual(here));
        }
    }

    /// <summary>This process's share of the rows.</summary>
    public DataShard CreateShard(NextTokenDiscriminatorTrainer.Options options) => DataShard.Create(
        group?.Rank ?? 0, group?.WorldSize ?? 1, (int)Math.Min(options.RowsPerStep, int.MaxValue), options.BucketByLength,
        options.InputIsSharded && group is not null);

    /// <summary>What the steps of a learner add up; null: nothing, where there is one process.</summary>
    /// <param name="signals">How many numbers beside.</param>
    public GradientAllReduce? CreateGradientAllReduce(int signals) => group is null ? null : new GradientAllReduce(group, signals);

    /// <summary>Does something in every process. Where it fails in one it fails in all, at once.</summary>
    /// <exception cref="InvalidOperationException">It failed in another process; the message says which and why.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled in another process.</exception>
    public T RunOnAllRanks<T>(Func<T> act)
    {
        if (group is null)
            return act();
        var (result, error) = (default(T), (ExceptionDispatchInfo?)null);
        try
        {
            result = act();
        }
#pragma warning disable CA1031 // It is thrown again as soon as the others know.
        catch (Exception thrown)
#pragma warning restore CA1031
        {
            error = ExceptionDispatchInfo.Capture(thrown);
        }

        // Nothing is what those say who have nothing to say.
        var all = group.AllGather(error?.SourceException is { } mine
            ? [mine is OperationCanceledException ? Cancelled : Failed, .. Encoding.UTF8.GetBytes(mine.Message)]
            : []);
        error?.Throw();
        var failed = Array.FindIndex(all, one => one.Length > 0);
        if (failed < 0)
            return result!;
        var message = $"Process {failed} of {all.Length} (ranks from 0): {Encoding.UTF8.GetString(all[failed].AsSpan(1))}";
        throw all[failed][0] == Cancelled ? context.Process(new OperationCanceledException(message)) : context.Unable(message);
    }

    /// <summary>The same, of something that gives nothing.</summary>
    public void RunOnAllRanks(Action act) => RunOnAllRanks(() =>
    {
        act();
        return true;
    });

    /// <summary>Gives all processes what each has.</summary>
    /// <param name="value">Any state that a checkpoint could hold.</param>
    public T[] AllGather<T>(T value) => group is null ? [value] : Array.ConvertAll(group.AllGather(StateSerializer.Write(value)), StateSerializer.Read<T>);

    /// <summary>Gives all processes what the first one has.</summary>
    /// <param name="act">Called in that one only. Where it fails all fail.</param>
    public T BroadcastFromMain<T>(Func<T> act)
    {
        if (group is null)
            return act();
        var (mine, head, arrays) = RunOnAllRanks<(T? Result, byte[] Head, List<float[]> Arrays)>(() =>
        {
            if (!IsMainProcess)
                return (default, [], []);
            var result = act();
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
        // Straight from array to array, however long they are together.
        foreach (var array in arrays)
            FloatBlocks.ForEach(array, group.Broadcast);
        return stateHead is null ? mine! : stateHead.ReadState<T>(arrays)!;
    }

    /// <summary>Gives all processes the first one's weights, and what its optimizer knows: other processors round otherwise.</summary>
    public void BroadcastState(DiscriminatorLearner learner)
    {
        if (group is not null)
            learner.SetState(BroadcastFromMain(learner.GetState));
    }

    /// <summary>Refuses processes that run another version than the first one. Called before anything else is told.</summary>
    /// <exception cref="InvalidOperationException">Thrown in all of them; the message says which one and what each runs.</exception>
    public void VerifySameVersion()
    {
        if (group is null)
            return;
        // As bytes: how states are written may be another thing in another version.
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

    /// <summary>Refuses processes that train something else than the first one.</summary>
    /// <exception cref="InvalidOperationException">Thrown in all of them; the message says which one and what differs.</exception>
    public void VerifySameTraining(CheckpointFingerprint fingerprint)
    {
        var all = AllGather(fingerprint.Properties.Select(fact => new[] { fact.Name, fact.Value }).ToArray());
        CheckpointFingerprint[] identities = [.. all.Select(facts => new CheckpointFingerprint([.. facts.Select(fact => (fact[0], fact[1]))]))];
        for (var rank = 1; rank < identities.Length; rank++)
        {
            if (identities[rank].FindDifference(identities[0]) is { } difference)
                throw context.Unable($"ProcessGroup: process {rank} of {identities.Length} (ranks from 0) trains something else than the first one: {difference}.");
        }
    }

    /// <summary>A tally of what all processes judged, the same in each.</summary>
    public BinaryMetricsAccumulator MergeMetrics(BinaryMetricsAccumulator metrics)
    {
        if (group is null)
            return metrics;
        var together = new BinaryMetricsAccumulator();
        foreach (var one in AllGather(metrics.State))
            together.Add(one);
        return together;
    }

    /// <summary>Ends the other processes, which wait for this one and cannot know that it goes no further.</summary>
    public void Abort(Exception error) => group?.Abort($"{error.GetType().Name}: {error.Message}");

    /// <summary>The processes, for people.</summary>
    public override string ToString() => $"{group}";
}
