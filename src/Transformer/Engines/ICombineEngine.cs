using Microsoft.ML.Data;

namespace MlNetNtd;

/// <summary>
/// Combines the sequences of one block of rows. Used by one cursor at a time: <see cref="Clear"/>,
/// <see cref="Add"/> for each row, <see cref="Run"/> once, <see cref="CopyTo"/> for the rows asked for.
/// </summary>
internal interface ICombineEngine : IDisposable
{
    /// <summary>The most rows of a block. 1: no look-ahead is worth its while.</summary>
    int BlockRows { get; }

    /// <summary>Forgets the block before.</summary>
    void Clear();

    /// <summary>Adds a row of T tokens, both sequences (T, C). They need to stay as they are until <see cref="Run"/> only
    /// if <see cref="BlockRows"/> is more than 1; else until the next <see cref="Clear"/>.</summary>
    void Add(in VBuffer<float> previous, in VBuffer<float> current, int tokens);

    /// <summary>Combines all rows added.</summary>
    void Run();

    /// <summary>Copies the two halves of a row's combined sequence, each (T, C), to where they belong.</summary>
    void CopyTo(int row, Span<float> context, Span<float> candidates);
}
