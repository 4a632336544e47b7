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
/// A process that dies ends the others, by what started them (<c>srun</c> wants <c>--kill-on-bad-exit</c>). Whoever catches
/// an exception that the others know nothing of calls <see cref="Abort"/>: <see cref="Dispose"/> waits for them.
/// </para>
/// </remarks>
public sealed class MpiProcesses : ITrainingProcesses, IDisposable
{
    /// <summary>How much goes out in one call; below what any MPI counts to, and small enough for its buffers.</summary>
    internal const int Piece = 1 << 22;

    private readonly Lock _one = new();
    private readonly MpiLibrary _library;
    private readonly bool _endsIt;
    private readonly (string Machine, string Number)[] _known;
    private bool _disposed;

    private MpiProcesses(MpiLibrary library, bool endsIt)
    {
        (_library, _endsIt) = (library, endsIt);
        (Rank, Count) = (library.Rank, library.Count);
        if (Launcher.FindCount(Environment.GetEnvironmentVariable) is { } told && told.Count != Count)
        {
            throw new InvalidOperationException(
                $"Expected {told.Count} processes, as {told.Variable} says, found {Count}: {library.Name} is not the MPI that started them. "
                + $"Start them with its own mpirun, or name the right library in {MpiLibrary.Variable}.");
        }

        _known = [.. Gather(Encoding.UTF8.GetBytes($"{Environment.ProcessId}@{Environment.MachineName}")).Select(Who)];
        LocalRank = _known.Take(Rank).Count(other => other.Machine == _known[Rank].Machine);

        static (string Machine, string Number) Who(byte[] said) => Encoding.UTF8.GetString(said).Split('@', 2) is [var number, var machine]
            ? (machine, number)
            : throw new InvalidOperationException("Expected the number and the machine of another process, found something else.");
    }

    /// <inheritdoc/>
    public int Rank { get; }

    /// <inheritdoc/>
    public int Count { get; }

    /// <summary>Which of the processes on this machine this is, from 0: the number of the GPU it should take.</summary>
    public int LocalRank { get; }

    /// <summary>Joins the other processes. Once in a process; all of them do.</summary>
    /// <exception cref="DllNotFoundException">There is no MPI library; the message says what to install.</exception>
    /// <exception cref="InvalidOperationException">
    /// The library is not that of what started the processes, it was used up before, or it cannot begin.
    /// </exception>
    public static MpiProcesses Start()
    {
        return MachineSignals.Kept(() =>
        {
            var library = MpiLibrary.Load(Environment.GetEnvironmentVariable);
            var (begun, over) = library.State;
            if (over)
                throw new InvalidOperationException("MPI was ended in this process before, and begins once only: dispose of it where the program ends.");
            if (!begun)
                library.Begin();
            return new MpiProcesses(library, endsIt: !begun);
        });
    }

    /// <summary>How many they are, over which library, and which process of which machine each rank is, for people.</summary>
    /// <remarks>MPICH's mpirun names a process that died by its number only.</remarks>
    public override string ToString() =>
        $"{Count} {(Count == 1 ? "process" : "processes")} over {_library.Name}: "
        + string.Join(", ", _known.Select((one, rank) => $"rank {rank} is process {one.Number} on {one.Machine}"));

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">MPI failed.</exception>
    public void Sum(Span<float> values)
    {
        lock (_one)
        {
            Check();
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
            Check();
            Broadcast(values, root: 0);
        }
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">MPI failed.</exception>
    public byte[][] Gather(ReadOnlySpan<byte> mine)
    {
        lock (_one)
        {
            Check();
            var lengths = new int[Count];
            _library.Gather(mine.Length, lengths);
            // Each in turn: what all have together may be more than MPI counts to.
            var all = new byte[Count][];
            for (var rank = 0; rank < Count; rank++)
            {
                all[rank] = rank == Rank ? mine.ToArray() : new byte[lengths[rank]];
                Broadcast(all[rank], rank);
            }

            return all;
        }
    }

    /// <inheritdoc/>
    public void Abort(string why)
    {
        Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Process {Rank} of {Count} (ranks from 0) ends all of them: {why}"));
        Console.Error.Flush();
        // MPICH's mpirun drops what it has not passed on by then.
        Thread.Sleep(TimeSpan.FromSeconds(1));
        // Not one at a time: another thread may wait for a process that never comes.
        _library.Abort(1);
    }

    /// <summary>Leaves the other processes when they do so too. MPI does not begin again in this process.</summary>
    public void Dispose()
    {
        lock (_one)
        {
            if (_disposed)
                return;
            _disposed = true;
            if (_endsIt)
                _library.End();
        }
    }

    private void Broadcast(Span<byte> values, int root)
    {
        for (; !values.IsEmpty; values = values[Math.Min(Piece, values.Length)..])
            _library.Broadcast(values[..Math.Min(Piece, values.Length)], root);
    }

    private void Check() => ObjectDisposedException.ThrowIf(_disposed, this);
}
