namespace MlNetNtd;

/// <summary>
/// Processes that train one network together, each on its share of the rows. The package MlNetNtd.Mpi has them over MPI.
/// </summary>
/// <remarks>
/// All processes call the same methods in the same order with arguments of the same length, but for <see cref="Abort"/>; a call
/// returns when all have made it. Calls come from any thread, one at a time.
/// </remarks>
public interface IProcessGroup
{
    /// <summary>Which of the processes this is, from 0. The first one logs and writes checkpoints.</summary>
    int Rank { get; }

    /// <summary>How many there are.</summary>
    int WorldSize { get; }

    /// <summary>Adds up, value by value, what all processes have.</summary>
    /// <param name="values">This process's values; then the sums, the same bits in all processes.</param>
    void AllReduceSum(Span<float> values);

    /// <summary>Gives all processes what the first one has.</summary>
    /// <param name="values">The first one's; overwritten in all others.</param>
    void Broadcast(Span<byte> values);

    /// <summary>Gives all processes what each has.</summary>
    /// <param name="values">This process's; of any length, which may be another in each.</param>
    /// <returns>That of each, by rank.</returns>
    byte[][] AllGather(ReadOnlySpan<byte> values);

    /// <summary>Ends all processes at once, as far as it can: one cannot go on, and the others would wait for it.</summary>
    /// <param name="why">For people; written to the error stream with this process's rank.</param>
    void Abort(string why);
}
