using System.Runtime.InteropServices;
using MlNetNtd.Studies.TextGan;
using static TorchSharp.torch;

namespace MlNetNtd.Studies.Resampling;

/// <summary>TextGan's recurrent generator.</summary>
/// <param name="network">The network.</param>
/// <param name="table">The embeddings of its words.</param>
internal sealed class RecurrentGenerator(GeneratorNetwork network, TextGan.EmbeddingTable table) : ITextGenerator, IDisposable
{
    private Tensor? _state;

    public int Words => table.Words;

    public void Begin(int count, Span<float> logits)
    {
        Dispose();
        Step([.. Enumerable.Repeat(table.Average, count).SelectMany(values => values)], count, logits);
    }

    public void Append(ReadOnlySpan<int> words, Span<float> logits) => Step(table.Embed(words), words.Length, logits);

    public void Dispose()
    {
        _state?.Dispose();
        _state = null;
    }

    private void Step(float[] input, int count, Span<float> logits)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        network.eval();
        var (next, state) = network.Step(Aligned.Tensor(input, count, table.Dimension), _state);
        MemoryMarshal.Cast<byte, float>(next.contiguous().bytes).CopyTo(logits);
        _state?.Dispose();
        _state = state.MoveToOuterDisposeScope();
    }
}
