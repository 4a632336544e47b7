using System.Globalization;
using System.Text;

namespace MlNetNtd;

/// <summary>The processes that <c>mpirun</c>, or a scheduler in its place, started together.</summary>
/// <remarks>
/// <para>
/// They talk over the system's MPI library, Open MPI's or MPICH's, whichever goes with what started them; the environment
/// variable MLNETNTD_MPI names another. A program that was started alone is one process of rank 0.
/// </para>
/// <para>
/// What they exchange lies in the memory of the host: a network on a GPU has its gradients copied there and back.
/// </para>
/// <para>
/// A process that dies ends the others, by what started them (<c>srun</c> wants <c>--kill-on-bad-exit</c>). One that leaves by
/// <see cref="Dispose"/> while others wait for it, as behind an exception or an early return, ends them too, with its rank named.
/// Whoever catches an exception that the others know nothing of, and goes on, calls <see cref="Abort"/>.
/// </para>
/// </remarks>
public sealed class MpiProcessGroup : IProcessGroup, IDisposable
{
    /// <summary>How much goes out in one call; below what any MPI counts to, and small enough for its buffers.</summary>
    internal const int Piece = 1 << 22;

    // How long others may take to leave too, before this process says by which error it leaves.
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(1);

    private readonly Lock _one = new();
    private readonly InFlight _inFlight;
    private readonly MpiLibrary _library;
    private readonly bool _endsIt;
    private readonly (string Machine, string Number)[] _known;
    private bool _disposed;

    private MpiProcessGroup(MpiLibrary library, bool endsIt)
    {
        (_library, _endsIt) = (library, endsIt);
        (Rank, WorldSize) = (library.Rank, library.Count);
        if (LaunchEnvironment.FindCount(Environment.GetEnvironmentVariable) is { } told && told.Count != WorldSize)
        {
            throw new InvalidOperationException(
                $"Expected {told.Count} processes, as {told.Variable} says, found {WorldSize}: {library.Name} is not the MPI that started them. "
                + $"Start them with its own mpirun, or name the right library in {MpiLibrary.Variable}.");
        }

        _known = [.. AllGather(Encoding.UTF8.GetBytes($"{Environment.ProcessId}@{Environment.MachineName}")).Select(Who)];
        LocalRank = _known.Take(Rank).Count(other => other.Machine == _known[Rank].Machine);
        _inFlight = new InFlight();

        static (string Machine, string Number) Who(byte[] said) => Encoding.UTF8.GetString(said).Split('@', 2) is [var number, var machine]
            ? (machine, number)
            : throw new InvalidOperationException("Expected the number and the machine of another process, found something else.");
    }

    /// <inheritdoc/>
    public int Rank { get; }

    /// <inheritdoc/>
    public int WorldSize { get; }

    /// <summary>Which of the processes on this machine this is, from 0: the number of the GPU it should take.</summary>
    public int LocalRank { get; }

    /// <summary>Joins the other processes. Once in a process; all of them do.</summary>
    /// <exception cref="DllNotFoundException">There is no MPI library; the message says what to install.</exception>
    /// <exception cref="InvalidOperationException">
    /// The library is not that of what started the processes, it was used up before, or it cannot begin.
    /// </exception>
    public static MpiProcessGroup Initialize()
    {
        return SignalHandlers.Preserve(() =>
        {
            var library = MpiLibrary.Load(Environment.GetEnvironmentVariable);
            var (begun, over) = library.State;
            if (over)
                throw new InvalidOperationException("MPI was ended in this process before, and begins once only: dispose of it where the program ends.");
            if (!begun)
                library.Begin();
            return new MpiProcessGroup(library, endsIt: !begun);
        });
    }

    /// <summary>How many they are, over which library, and which process of which machine each rank is, for people.</summary>
    /// <remarks>MPICH's mpirun names a process that died by its number only.</remarks>
    public override string ToString() =>
        $"{WorldSize} {(WorldSize == 1 ? "process" : "processes")} over {_library.Name}: "
        + string.Join(", ", _known.Select((one, rank) => $"rank {rank} is process {one.Number} on {one.Machine}"));

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">MPI failed.</exception>
    public void AllReduceSum(Span<float> values)
    {
        lock (_one)
        {
            Begin(nameof(AllReduceSum));
            for (; !values.IsEmpty; values = values[Math.Min(Piece, values.Length)..])
                _library.Sum(values[..Math.Min(Piece, values.Length)]);
        }
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">MPI failed.</exception>
    public void Broadcast(Span<byte> values)
    {
        lock (_one)
        {
            Begin(nameof(Broadcast));
            Broadcast(values, root: 0);
        }
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">MPI failed.</exception>
    public byte[][] AllGather(ReadOnlySpan<byte> values)
    {
        lock (_one)
        {
            Begin(nameof(AllGather));
            var lengths = new int[WorldSize];
            _library.Gather(values.Length, lengths);
            // Each in turn: what all have together may be more than MPI counts to.
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
    public void Abort(string why)
    {
        WriteError($"ends all of them: {why}");
        // MPICH's mpirun drops what it has not passed on by then.
        Thread.Sleep(TimeSpan.FromSeconds(1));
        // Not one at a time: another thread may wait for a process that never comes.
        _library.Abort(1);
    }

    /// <summary>Leaves the other processes when they do so too. MPI does not begin again in this process.</summary>
    /// <remarks>
    /// Where others wait for this process in a collective call, they end all processes, and this does not come back. They learn of
    /// it in that call, and until then this waits; where an exception is the reason, it is on the error stream a second later.
    /// </remarks>
    public void Dispose()
    {
        lock (_one)
        {
            if (_disposed)
                return;
            _disposed = true;
            var error = _inFlight.Find();
            _inFlight.Dispose();
            if (!_endsIt)
                return;
            LeaveWithAll(error);
            _library.End();
        }
    }

    // Whoever calls a collective and whoever leaves say so by the same call of MPI, so no process waits in one that others never make.
    private void Begin(string method)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (WorldSize == 1 || _library.CountYes(yes: false) == 0)
            return;
        var leaves = AskWhoLeaves(mine: false);
        // One of those that wait is enough; the rest see to it that all end if that one cannot.
        if (Array.IndexOf(leaves, false) != Rank)
            Thread.Sleep(5 * Silence);
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
            if (waited > Silence)
                SayOnce();
            // The others may take their time, as to save what they have.
            Thread.Sleep(pause);
            pause = Math.Min(2 * pause, 50);
        });
        if (leaving == WorldSize)
            return;
        _ = AskWhoLeaves(mine: true);
        SayOnce();
        // Whoever waits ends this process too. To return and exit would look like success to MPICH's mpirun.
        Thread.Sleep(10 * Silence);
        Abort("others wait for it, and it leaves");

        // In full: .NET writes it only after this, which may be never.
        void SayOnce()
        {
            if (error is not null)
                WriteError($"leaves by an error, and ends all of them as soon as they wait for it: {error}");
            error = null;
        }
    }

    // By rank. All processes ask once some leave.
    private bool[] AskWhoLeaves(bool mine)
    {
        var all = new int[WorldSize];
        _library.Gather(mine ? 1 : 0, all);
        return Array.ConvertAll(all, leaves => leaves != 0);
    }

    private void WriteError(string what)
    {
        Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Process {Rank} of {WorldSize} (ranks from 0) {what}"));
        Console.Error.Flush();
    }

    private void Broadcast(Span<byte> values, int root)
    {
        for (; !values.IsEmpty; values = values[Math.Min(Piece, values.Length)..])
            _library.Broadcast(values[..Math.Min(Piece, values.Length)], root);
    }
}
