using System.Globalization;
using System.Text;

namespace MlNetNtd;

/// <summary>The process group of the processes that <c>mpirun</c> or a scheduler has started together.</summary>
/// <remarks>
/// <para>
/// The processes communicate through the system's MPI library, Open MPI or MPICH, whichever started them. The environment variable
/// MLNETNTD_MPI selects another library. A program that is started alone is a single process of rank 0.
/// </para>
/// <para>
/// All communication uses host memory: the gradients of a network on a GPU are copied to the host and back.
/// </para>
/// <para>
/// If a process dies, the launcher ends the others (<c>srun</c> needs <c>--kill-on-bad-exit</c>). If a process calls
/// <see cref="Dispose"/> while others wait for it, for example after an exception or an early return, all processes end, and an error
/// message names its rank. If you catch an exception on one process only and continue, call <see cref="Abort"/>.
/// </para>
/// </remarks>
public sealed class MpiProcessGroup : IProcessGroup, IDisposable
{
    /// <summary>The largest number of items in one MPI call: below the limit of any MPI, and small enough for its buffers.</summary>
    internal const int ChunkItems = 1 << 22;

    // A process that leaves by an exception reports it if the others have not left within this time.
    private static readonly TimeSpan ReportDelay = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly InFlight _inFlight;
    private readonly MpiLibrary _library;
    private readonly bool _ownsMpi;
    private readonly (string Machine, string ProcessId)[] _processes;
    private bool _disposed;

    private MpiProcessGroup(MpiLibrary library, bool ownsMpi)
    {
        (_library, _ownsMpi) = (library, ownsMpi);
        (Rank, WorldSize) = (library.Rank, library.Count);
        if (LaunchEnvironment.FindCount(Environment.GetEnvironmentVariable) is { } launched && launched.Count != WorldSize)
        {
            throw new InvalidOperationException(
                $"Expected {launched.Count} processes, as {launched.Variable} says, found {WorldSize}: {library.Name} is not the MPI that started them. "
                + $"Start them with its own mpirun, or name the right library in {MpiLibrary.Variable}.");
        }

        _processes = [.. AllGather(Encoding.UTF8.GetBytes($"{Environment.ProcessId}@{Environment.MachineName}")).Select(Parse)];
        LocalRank = _processes.Take(Rank).Count(other => other.Machine == _processes[Rank].Machine);
        _inFlight = new InFlight();

        static (string Machine, string ProcessId) Parse(byte[] message) => Encoding.UTF8.GetString(message).Split('@', 2) is [var processId, var machine]
            ? (machine, processId)
            : throw new InvalidOperationException("Expected the number and the machine of another process, found something else.");
    }

    /// <inheritdoc/>
    public int Rank { get; }

    /// <inheritdoc/>
    public int WorldSize { get; }

    /// <summary>Gets the rank among the processes on this machine, from 0. Use it as the index of the process's GPU.</summary>
    public int LocalRank { get; }

    /// <summary>Initializes MPI and joins the other processes. Each process calls it once.</summary>
    /// <returns>The process group. Dispose it at the end of the program.</returns>
    /// <exception cref="DllNotFoundException">There is no MPI library. The message says what to install.</exception>
    /// <exception cref="InvalidOperationException">
    /// The library is not the MPI that started the processes, MPI has already been finalized in this process, or it fails to
    /// initialize.
    /// </exception>
    public static MpiProcessGroup Initialize()
    {
        return SignalHandlers.Preserve(() =>
        {
            var library = MpiLibrary.Load(Environment.GetEnvironmentVariable);
            var (initialized, finalized) = library.State;
            if (finalized)
                throw new InvalidOperationException("MPI was ended in this process before, and begins once only: dispose of it where the program ends.");
            if (!initialized)
                library.Initialize();
            return new MpiProcessGroup(library, ownsMpi: !initialized);
        });
    }

    /// <summary>Describes the group: the world size, the library, and the process and machine of each rank.</summary>
    /// <remarks>MPICH's mpirun identifies a process that died only by its process number.</remarks>
    public override string ToString() =>
        $"{WorldSize} {(WorldSize == 1 ? "process" : "processes")} over {_library.Name}: "
        + string.Join(", ", _processes.Select((process, rank) => $"rank {rank} is process {process.ProcessId} on {process.Machine}"));

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">MPI failed.</exception>
    public void AllReduceSum(Span<float> values)
    {
        lock (_lock)
        {
            BeginCollective(nameof(AllReduceSum));
            for (; !values.IsEmpty; values = values[Math.Min(ChunkItems, values.Length)..])
                _library.Sum(values[..Math.Min(ChunkItems, values.Length)]);
        }
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">MPI failed.</exception>
    public void Broadcast(Span<byte> values)
    {
        lock (_lock)
        {
            BeginCollective(nameof(Broadcast));
            Broadcast(values, root: 0);
        }
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">MPI failed.</exception>
    public byte[][] AllGather(ReadOnlySpan<byte> values)
    {
        lock (_lock)
        {
            BeginCollective(nameof(AllGather));
            var lengths = new int[WorldSize];
            _library.Gather(values.Length, lengths);
            // One broadcast per rank: the total size may exceed the limit of MPI's counts.
            var all = new byte[WorldSize][];
            for (var rank = 0; rank < WorldSize; rank++)
            {
                all[rank] = rank == Rank ? values.ToArray() : new byte[lengths[rank]];
                Broadcast(all[rank], rank);
            }

            return all;
        }
    }

    /// <inheritdoc/>
    public void Abort(string reason)
    {
        WriteError($"ends all of them: {reason}");
        // MPICH's mpirun drops output that it has not forwarded when the processes end.
        Thread.Sleep(TimeSpan.FromSeconds(1));
        // Without the lock: another thread may hold it and wait for a process that never answers.
        _library.Abort(1);
    }

    /// <summary>Leaves the group together with the other processes, and finalizes MPI. MPI cannot be initialized again in this process.</summary>
    /// <remarks>
    /// The call waits until every other process either calls <see cref="Dispose"/> or starts a collective call. In the latter case all
    /// processes end, and this call does not return. If an exception is leaving the using block, it is written to the error stream
    /// after one second.
    /// </remarks>
    public void Dispose()
    {
        lock (_lock)
        {
            if (_disposed)
                return;
            _disposed = true;
            var error = _inFlight.Find();
            _inFlight.Dispose();
            if (!_ownsMpi)
                return;
            LeaveWithAll(error);
            _library.Shutdown();
        }
    }

    // A collective call and a leaving process both start with the same MPI call, so no process waits in a call that others never make.
    private void BeginCollective(string method)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (WorldSize == 1 || _library.CountYes(yes: false) == 0)
            return;
        var leaves = GatherLeaving(isLeaving: false);
        // The first waiting process aborts; the others do so later, in case it cannot.
        if (Array.IndexOf(leaves, false) != Rank)
            Thread.Sleep(5 * ReportDelay);
        var ranks = Enumerable.Range(0, WorldSize).Where(rank => leaves[rank]).ToArray();
        Abort(
            $"{(ranks.Length == 1 ? $"process {ranks[0]}" : $"processes {string.Join(", ", ranks)}")} left, behind an error or a return that disposed of "
            + $"{nameof(MpiProcessGroup)}, and this one waits in {method} for all {WorldSize}.");
    }

    private void LeaveWithAll(Exception? error)
    {
        if (WorldSize == 1)
            return;
        var pause = 1;
        var leaving = _library.CountYes(yes: true, waited =>
        {
            if (waited > ReportDelay)
                ReportOnce();
            // The others may need time, for example to save their results.
            Thread.Sleep(pause);
            pause = Math.Min(2 * pause, 50);
        });
        if (leaving == WorldSize)
            return;
        _ = GatherLeaving(isLeaving: true);
        ReportOnce();
        // A waiting process ends this one. Returning and exiting would look like success to MPICH's mpirun.
        Thread.Sleep(10 * ReportDelay);
        Abort("others wait for it, and it leaves");

        // Writes the whole exception: .NET would report it only after Dispose returns, which may never happen.
        void ReportOnce()
        {
            if (error is not null)
                WriteError($"leaves by an error, and ends all of them as soon as they wait for it: {error}");
            error = null;
        }
    }

    // Gets, by rank, whether a process is leaving. All processes call it as soon as at least one leaves.
    private bool[] GatherLeaving(bool isLeaving)
    {
        var all = new int[WorldSize];
        _library.Gather(isLeaving ? 1 : 0, all);
        return Array.ConvertAll(all, leaves => leaves != 0);
    }

    private void WriteError(string text)
    {
        Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Process {Rank} of {WorldSize} (ranks from 0) {text}"));
        Console.Error.Flush();
    }

    private void Broadcast(Span<byte> values, int root)
    {
        for (; !values.IsEmpty; values = values[Math.Min(ChunkItems, values.Length)..])
            _library.Broadcast(values[..Math.Min(ChunkItems, values.Length)], root);
    }
}
