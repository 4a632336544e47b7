using System.Collections.Immutable;
using Microsoft.ML.Data;

namespace MlNetNtd;

/// <summary>
/// Combines a row by writing each value once into its place. The operation is a copy: on a CPU nothing is faster.
/// </summary>
internal sealed class ManagedEngine(ImmutableArray<float> initialEmbedding) : ICombineEngine
{
    public void Combine(in VBuffer<float> previous, in VBuffer<float> current, Span<float> context, Span<float> candidates)
    {
        initialEmbedding.AsSpan().CopyTo(context);
        previous.CopyPrefixTo(context[initialEmbedding.Length..]);
        current.CopyPrefixTo(candidates);
    }

    public void Dispose()
    {
    }
}
