using Microsoft.ML.Data;

namespace MlNetNtd;

/// <summary>
/// Combines a row by writing each value once into its place. The operation is a copy: on a CPU nothing is faster.
/// </summary>
internal sealed class ManagedEngine : ICombineEngine
{
    private readonly ReadOnlyMemory<float> _initialEmbedding;

    // What the caller's buffers point to, not copies.
    private VBuffer<float> _previous;
    private VBuffer<float> _current;

    public ManagedEngine(ReadOnlyMemory<float> initialEmbedding) => _initialEmbedding = initialEmbedding;

    public int BlockRows => 1;

    public void Clear()
    {
    }

    public void Add(in VBuffer<float> previous, in VBuffer<float> current, int tokens)
    {
        _previous = previous;
        _current = current;
    }

    public void Run()
    {
    }

    public void CopyTo(int row, Span<float> context, Span<float> candidates)
    {
        var initial = _initialEmbedding.Span;
        initial.CopyTo(context);
        _previous.CopyPrefixTo(context[initial.Length..]);
        _current.CopyPrefixTo(candidates);
    }

    public void Dispose()
    {
    }
}
