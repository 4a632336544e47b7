using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.ML.Runtime;

namespace MlNetNtd;

/// <summary>The processes of one training, or the one that trains alone, which asks nobody.</summary>
/// <param name="context">Marks errors.</param>
/// <param name="processes">They; null: there is one.</param>
internal sealed class Team(IExceptionContext context, ITrainingProcesses? processes)
{
    private const byte Failed = 1;
    private const byte Cancelled = 2;

    /// <summary>Those that the options name.</summary>
    public static Team Of(IExceptionContext context, NextTokenDiscriminatorTrainer.Options options) =>
        new(context, options.Workers is { Count: > 1 } several ? several : null);

    /// <summary>Whether there is one process.</summary>
    public bool IsAlone => processes is null;

    /// <summary>Whether this is the one that logs and writes checkpoints.</summary>
    public bool IsFirst => processes is not { Rank: > 0 };

    /// <summary>How many processes of the team are on this machine.</summary>
    public int OnThisMachine
    {
        get
        {
            if (processes is null)
                return 1;
            var here = Encoding.UTF8.GetBytes(Environment.MachineName);
            return processes.Gather(here).Count(there => there.AsSpan().SequenceEqual(here));
        }
    }

    /// <summary>This process's share of the rows.</summary>
    public RowShare Share(NextTokenDiscriminatorTrainer.Options options) => RowShare.Of(
        processes?.Rank ?? 0, processes?.Count ?? 1, (int)Math.Min(options.RowsPerStep, int.MaxValue), options.BucketByLength,
        options.WorkersHaveOwnRows && processes is not null);

    /// <summary>What the steps of a learner add up; null: nothing, where there is one process.</summary>
    /// <param name="flags">How many numbers beside.</param>
    public SharedStep? Step(int flags) => processes is null ? null : new SharedStep(processes, flags);

    /// <summary>Does something in every process. Where it fails in one it fails in all, at once.</summary>
    /// <exception cref="InvalidOperationException">It failed in another process; the message says which and why.</exception>
    /// <exception cref="OperationCanceledException">It was cancelled in another process.</exception>
    public T Agree<T>(Func<T> act)
    {
        if (processes is null)
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
        var all = processes.Gather(error?.SourceException is { } mine
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
    public void Agree(Action act) => Agree(() =>
    {
        act();
        return true;
    });

    /// <summary>Gives all processes what each has.</summary>
    /// <param name="mine">Any state that a checkpoint could hold.</param>
    public T[] Gather<T>(T mine) => processes is null ? [mine] : Array.ConvertAll(processes.Gather(StateBytes.Write(mine)), StateBytes.Read<T>);

    /// <summary>Gives all processes what the first one has.</summary>
    /// <param name="act">Called in that one only. Where it fails all fail.</param>
    public T First<T>(Func<T> act)
    {
        if (processes is null)
            return act();
        var (mine, head, arrays) = Agree<(T? Result, byte[] Head, List<float[]> Arrays)>(() =>
        {
            if (!IsFirst)
                return (default, [], []);
            var result = act();
            var (head, arrays) = StateBytes.WriteHead(result);
            return (result, head, arrays);
        });
        Span<int> length = [head.Length];
        processes.Broadcast(MemoryMarshal.AsBytes(length));
        if (!IsFirst)
            head = new byte[length[0]];
        processes.Broadcast(head);
        ReadOnlyMemory<byte> json = default;
        if (!IsFirst)
            (json, arrays) = StateBytes.ReadHead(head);
        // Straight from array to array, however long they are together.
        foreach (var array in arrays)
            FloatBlocks.Of(array, processes.Broadcast);
        return IsFirst ? mine! : StateJson.Read<T>(json.Span, arrays);
    }

    /// <summary>Gives all processes the first one's weights, and what its optimizer knows: other processors round otherwise.</summary>
    public void Share(DiscriminatorLearner learner)
    {
        if (processes is not null)
            learner.SetState(First(learner.GetState));
    }

    /// <summary>Refuses processes that run another version than the first one. Called before anything else is told.</summary>
    /// <exception cref="InvalidOperationException">Thrown in all of them; the message says which one and what each runs.</exception>
    public void CheckVersion()
    {
        if (processes is null)
            return;
        // As bytes: how states are written may be another thing in another version.
        var all = processes.Gather(Encoding.UTF8.GetBytes(LibraryVersion.Both));
        for (var rank = 1; rank < all.Length; rank++)
        {
            if (!all[rank].AsSpan().SequenceEqual(all[0]))
            {
                throw context.Unable(
                    $"Workers: process {rank} of {all.Length} (ranks from 0) runs another version than the first one: expected {Encoding.UTF8.GetString(all[0])}, "
                    + $"found {Encoding.UTF8.GetString(all[rank])}.");
            }
        }
    }

    /// <summary>Refuses processes that train something else than the first one.</summary>
    /// <exception cref="InvalidOperationException">Thrown in all of them; the message says which one and what differs.</exception>
    public void Check(CheckpointIdentity mine)
    {
        var all = Gather(mine.Facts.Select(fact => new[] { fact.Name, fact.Value }).ToArray());
        CheckpointIdentity[] identities = [.. all.Select(facts => new CheckpointIdentity([.. facts.Select(fact => (fact[0], fact[1]))]))];
        for (var rank = 1; rank < identities.Length; rank++)
        {
            if (identities[rank].FindDifference(identities[0]) is { } difference)
                throw context.Unable($"Workers: process {rank} of {identities.Length} (ranks from 0) trains something else than the first one: {difference}.");
        }
    }

    /// <summary>A tally of what all processes judged, the same in each.</summary>
    public ScoreTally Together(ScoreTally mine)
    {
        if (processes is null)
            return mine;
        var together = new ScoreTally();
        foreach (var one in Gather(mine.State))
            together.Add(one);
        return together;
    }

    /// <summary>Ends the other processes, which wait for this one and cannot know that it goes no further.</summary>
    public void Abort(Exception error) => processes?.Abort($"{error.GetType().Name}: {error.Message}");

    /// <summary>The processes, for people.</summary>
    public override string ToString() => $"{processes}";
}
