namespace MlNetNtd;

/// <summary>
/// A group of processes that train one network together, each on its shard of the rows. The package MlNetNtd.Mpi implements it with
/// MPI.
/// </summary>
/// <remarks>
/// All processes call the same methods in the same order with arguments of the same length, except for <see cref="Abort"/>. A call
/// returns when all processes have made it. Calls may come from any thread, one at a time.
/// </remarks>
public interface IProcessGroup
{
    /// <summary>Gets the rank of this process, from 0. The main process, rank 0, logs and writes checkpoints.</summary>
    int Rank { get; }

    /// <summary>Gets the number of processes in the group.</summary>
    int WorldSize { get; }

    /// <summary>Sums the values of all processes, element by element.</summary>
    /// <param name="values">This process's values; replaced by the sums, which have the same bits in all processes.</param>
    void AllReduceSum(Span<float> values);

    /// <summary>Sends values from the main process to all others.</summary>
    /// <param name="values">The values to send in the main process; overwritten in all others.</param>
    void Broadcast(Span<byte> values);

    /// <summary>Gathers the values of all processes in each of them.</summary>
    /// <param name="values">This process's values. The length may differ between processes.</param>
    /// <returns>The values of each process, by rank.</returns>
    byte[][] AllGather(ReadOnlySpan<byte> values);

    /// <summary>
    /// Ends all processes of the group at once, as far as possible. A process calls it when it cannot continue and the others would
    /// wait for it.
    /// </summary>
    /// <param name="reason">A message for people; written to the error stream with this process's rank.</param>
    void Abort(string reason);
}
