using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace MlNetNtd;

/// <summary>Runs a <see cref="HeadCpuKernel"/> for every head of every row of a batch.</summary>
/// <param name="candidates">
/// The queries, keys and values of context and candidates, (B, T + T * K, 3, H, d), or of the candidates, (B, T * K, 3, H, d).
/// </param>
/// <param name="context">With candidates only: the keys and values of the context, (B, T, 2, H, d); otherwise null.</param>
/// <param name="candidatesPerToken">K, the number of candidates of each token.</param>
internal sealed class MultiHeadCpuKernel(Tensor candidates, Tensor? context, int candidatesPerToken = 1)
{
    // Below this number of multiplications, waking other threads is not worth it.
    private const long MinParallelWork = 1 << 20;

    // One kernel for layers whose context attends and one for the last, since layers alternate between them.
    [ThreadStatic]
    private static (int Tokens, int Candidates, int Size, HeadCpuKernel Kernel)[]? _kernels;

    private readonly Tensor _candidates = candidates.contiguous();
    private readonly Tensor? _context = context?.contiguous();
    private readonly long _batch = candidates.shape[0];
    private readonly int _positions = (int)candidates.shape[1];
    private readonly int _heads = (int)candidates.shape[3];
    private readonly int _size = (int)candidates.shape[4];

    private int Tokens => _context is null ? _positions / (1 + candidatesPerToken) : _positions / candidatesPerToken;

    // The position of the first candidate.
    private int FirstCandidate => _context is null ? Tokens : 0;

    /// <summary>Computes the output.</summary>
    /// <returns>(B, T + T * K, H, d), or (B, T * K, H, d).</returns>
    public Tensor Forward()
    {
        var output = empty([_batch, _positions, _heads, _size], dtype: ScalarType.Float32, device: CPU);
        ForEachRow(row =>
        {
            var candidateRow = Row(_candidates, row);
            var contextRow = ContextRow(row, _candidates, _context);
            var target = Row(output, row);
            var kernel = Kernel();
            for (var head = 0; head < _heads; head++)
                kernel.Forward(ContextHalf(contextRow, head), CandidateHalf(candidateRow, head), Output(target, head, second: false), Output(target, head, second: true));
        });
        return output;
    }

    /// <summary>Computes the gradients.</summary>
    /// <param name="outputGradient">The gradient of the output of <see cref="Forward"/>.</param>
    /// <returns>The gradients of the constructor's tensors.</returns>
    public (Tensor Candidates, Tensor? Context) Backward(Tensor outputGradient)
    {
        var contiguous = outputGradient.contiguous();
        var (gradient, contextGradient) = (empty_like(_candidates), _context is null ? null : empty_like(_context));
        ForEachRow(row =>
        {
            var candidateRow = Row(_candidates, row);
            var contextRow = ContextRow(row, _candidates, _context);
            var gradientRow = Row(contiguous, row);
            var target = Row(gradient, row);
            var contextTarget = ContextRow(row, gradient, contextGradient);
            var kernel = Kernel();
            for (var head = 0; head < _heads; head++)
            {
                kernel.Backward(
                    ContextHalf(contextRow, head), CandidateHalf(candidateRow, head),
                    Output(gradientRow, head, second: false), Output(gradientRow, head, second: true),
                    ContextHalf(contextTarget, head), CandidateHalf(target, head));
            }
        });
        return (gradient, contextGradient);
    }

    private void ForEachRow(Action<int> work)
    {
        var threads = _batch * _heads * _positions * Tokens * _size < MinParallelWork ? 1 : get_num_threads();
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
        ref var kept = ref (_kernels ??= new (int, int, int, HeadCpuKernel)[2])[_context is null ? 1 : 0];
        if (kept.Kernel is null || (kept.Tokens, kept.Candidates, kept.Size) != (Tokens, candidatesPerToken, _size))
            kept = (Tokens, candidatesPerToken, _size, new HeadCpuKernel(Tokens, _size, new QueryOrder(contextAttends: _context is null, candidatesPerToken)));
        return kept.Kernel;
    }

    private Span<float> Row(Tensor tensor, int row)
    {
        var values = MemoryMarshal.Cast<byte, float>(tensor.bytes);
        var length = values.Length / (int)_batch;
        return values.Slice(row * length, length);
    }

    private Span<float> ContextRow(int row, Tensor candidates, Tensor? context) => Row(context ?? candidates, row);

    private HeadHalf ContextHalf(Span<float> values, int head)
    {
        var parts = _context is null ? 3 : 2;
        return new HeadHalf(_context is null ? Part(values, 0, 0, parts, head) : default, Part(values, 0, parts - 2, parts, head), Part(values, 0, parts - 1, parts, head));
    }

    private HeadHalf CandidateHalf(Span<float> values, int head)
    {
        var first = FirstCandidate;
        return new HeadHalf(Part(values, first, 0, 3, head), Part(values, first, 1, 3, head), Part(values, first, 2, 3, head));
    }

    private StridedRows Output(Span<float> values, int head, bool second) => Part(values, second ? FirstCandidate : 0, 0, 1, head);

    // The rows of one part (queries, keys or values) of a head, from a position on.
    private StridedRows Part(Span<float> values, int first, int part, int parts, int head) =>
        new(values, (first * parts + part) * _heads * _size + head * _size, parts * _heads * _size, _size);
}
