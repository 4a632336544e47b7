using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace MlNetNtd;

/// <summary>All heads of all rows of a batch, each dealt with by a <see cref="HeadCpuKernel"/>.</summary>
/// <param name="candidates">Both halves' projections, (B, 2T, 3, H, d): queries, keys, values; or the candidates', (B, T, 3, H, d).</param>
/// <param name="context">Then the context's, (B, T, 2, H, d): keys, values; or null.</param>
internal sealed class MultiHeadCpuKernel(Tensor candidates, Tensor? context)
{
    // Products below which other threads are not worth waking.
    private const long Least = 1 << 20;

    // By halves that attend: layers take turns.
    [ThreadStatic]
    private static (int Tokens, int Size, HeadCpuKernel Kernel)[]? _kernels;

    private readonly Tensor _candidates = candidates.contiguous();
    private readonly Tensor? _context = context?.contiguous();
    private readonly long _batch = candidates.shape[0];
    private readonly int _positions = (int)candidates.shape[1];
    private readonly int _heads = (int)candidates.shape[3];
    private readonly int _size = (int)candidates.shape[4];

    private int Tokens => _context is null ? _positions / 2 : _positions;

    /// <returns>(B, 2T, H, d), or (B, T, H, d).</returns>
    public Tensor Forward()
    {
        var output = empty([_batch, _positions, _heads, _size], dtype: ScalarType.Float32, device: CPU);
        ForEachRow(row =>
        {
            var own = Row(_candidates, row);
            var seen = Seen(row, _candidates, _context);
            var to = Row(output, row);
            var kernel = Kernel();
            for (var head = 0; head < _heads; head++)
                kernel.Forward(ContextHalf(seen, head), CandidateHalf(own, head), Output(to, head, second: false), Output(to, head, second: true));
        });
        return output;
    }

    /// <param name="outer">The gradient of what <see cref="Forward"/> gave.</param>
    /// <returns>The gradients of what this was made of.</returns>
    public (Tensor Candidates, Tensor? Context) Backward(Tensor outer)
    {
        var whole = outer.contiguous();
        var (gradient, contextGradient) = (empty_like(_candidates), _context is null ? null : empty_like(_context));
        ForEachRow(row =>
        {
            var own = Row(_candidates, row);
            var seen = Seen(row, _candidates, _context);
            var from = Row(whole, row);
            var to = Row(gradient, row);
            var contextTo = Seen(row, gradient, contextGradient);
            var kernel = Kernel();
            for (var head = 0; head < _heads; head++)
            {
                kernel.Backward(
                    ContextHalf(seen, head), CandidateHalf(own, head),
                    Output(from, head, second: false), Output(from, head, second: true),
                    ContextHalf(contextTo, head), CandidateHalf(to, head));
            }
        });
        return (gradient, contextGradient);
    }

    private void ForEachRow(Action<int> work)
    {
        var threads = _batch * _heads * _positions * Tokens * _size < Least ? 1 : get_num_threads();
        if (threads > 1)
        {
            Parallel.For(0, (int)_batch, new ParallelOptions { MaxDegreeOfParallelism = threads }, work);
            return;
        }

        for (var row = 0; row < _batch; row++)
            work(row);
    }

    private HeadCpuKernel Kernel()
    {
        var halves = _context is null ? 2 : 1;
        ref var kept = ref (_kernels ??= new (int, int, HeadCpuKernel)[2])[halves - 1];
        if (kept.Kernel is null || kept.Tokens != Tokens || kept.Size != _size)
            kept = (Tokens, _size, new HeadCpuKernel(Tokens, _size, halves));
        return kept.Kernel;
    }

    private Span<float> Row(Tensor tensor, int row)
    {
        var values = MemoryMarshal.Cast<byte, float>(tensor.bytes);
        var length = values.Length / (int)_batch;
        return values.Slice(row * length, length);
    }

    private Span<float> Seen(int row, Tensor candidates, Tensor? context) => Row(context ?? candidates, row);

    private HeadHalf ContextHalf(Span<float> values, int head)
    {
        var parts = _context is null ? 3 : 2;
        return new HeadHalf(_context is null ? Part(values, 0, 0, parts, head) : default, Part(values, 0, parts - 2, parts, head), Part(values, 0, parts - 1, parts, head));
    }

    private HeadHalf CandidateHalf(Span<float> values, int head)
    {
        var first = _positions - Tokens;
        return new HeadHalf(Part(values, first, 0, 3, head), Part(values, first, 1, 3, head), Part(values, first, 2, 3, head));
    }

    private StridedRows Output(Span<float> values, int head, bool second) => Part(values, second ? _positions - Tokens : 0, 0, 1, head);

    // One of the parts (queries, keys or values) of a head, from a position on.
    private StridedRows Part(Span<float> values, int first, int part, int parts, int head) =>
        new(values, (first * parts + part) * _heads * _size + head * _size, parts * _heads * _size, _size);
}
