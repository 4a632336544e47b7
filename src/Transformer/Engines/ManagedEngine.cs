using System.Collections.Immutable;
using Microsoft.ML.Data;

namespace MlNetNtd;

/// <summary>
/// Combines a row with three copies that write each value once. The operation only moves values, so no other way is faster on a
/// CPU.
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
