using Microsoft.ML.Data;

namespace MlNetNtd;

/// <summary>
/// An engine that is most efficient on blocks of rows. Call <see cref="Clear"/>, <see cref="Add"/> for each row,
/// <see cref="Run"/> once, then <see cref="CopyTo"/> for each row that is read.
/// </summary>
internal interface IBlockEngine : ICombineEngine
{
    /// <summary>The largest number of rows in a block. 1 means no look-ahead.</summary>
    int BlockRows { get; }

    /// <summary>
    /// Whether <see cref="Run"/> queues the work on another device and returns immediately. A second engine can then pack the next
    /// block before the results of this one are read.
    /// </summary>
    bool IsAsynchronous { get; }

    /// <summary>Removes all rows from the block.</summary>
    void Clear();

    /// <summary>Adds a row of T tokens. Both sequences, (T, C) and (T, K, C), are copied.</summary>
    void Add(in VBuffer<float> previous, in VBuffer<float> current, int tokens);

    /// <summary>Combines the rows of the block.</summary>
    void Run();

    /// <summary>Copies the two parts of a row's combined sequence, (T, C) and (T, K, C).</summary>
    void CopyTo(int row, Span<float> context, Span<float> candidates);
}
