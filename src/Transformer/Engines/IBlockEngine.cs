using Microsoft.ML.Data;

namespace MlNetNtd;

/// <summary>
/// An engine that is at its best on blocks of rows: <see cref="Clear"/>, <see cref="Add"/> for each row,
/// <see cref="Run"/> once, <see cref="CopyTo"/> for the rows asked for.
/// </summary>
internal interface IBlockEngine : ICombineEngine
{
    /// <summary>The most rows of a block. 1: no look-ahead is worth its while.</summary>
    int BlockRows { get; }

    /// <summary>
    /// Whether <see cref="Run"/> leaves the work to another processor and returns at once: then it pays to have the next
    /// block packed, in an engine of its own, before the results of this one are asked for.
    /// </summary>
    bool IsAsynchronous { get; }

    /// <summary>Forgets the block before.</summary>
    void Clear();

    /// <summary>Adds a row of T tokens, both sequences (T, C). They are copied.</summary>
    void Add(in VBuffer<float> previous, in VBuffer<float> current, int tokens);

    /// <summary>Combines all rows added.</summary>
    void Run();

    /// <summary>Copies the two halves of a row's combined sequence, each (T, C), to where they belong.</summary>
    void CopyTo(int row, Span<float> context, Span<float> candidates);
}
