using System.Runtime.InteropServices;
using Microsoft.ML.Data;
using static TorchSharp.torch;

namespace MlNetNtd;

/// <summary>
/// Combines blocks of rows by the TorchSharp module: packs them once into a reused tensor, runs one forward, and
/// copies rows out of the result.
/// </summary>
/// <remarks>
/// Rows of a block may differ in length. They are packed left-aligned into one tensor as long as the longest row
/// so far; what stands behind a shorter row is never copied out. Every tensor of the engine is its own: it lives
/// outside the caller's dispose scopes and takes no part in the caller's gradients.
/// </remarks>
internal sealed class TorchEngine : ICombineEngine
{
    private readonly SharedModule _module;
    private readonly int _dimension;
    private readonly int[] _tokens;
    private Tensor? _previous;
    private Tensor? _current;
    private Tensor? _combined;
    private int _capacity;
    private int _rows;
    private int _longest;

    /// <summary>An engine for one cursor.</summary>
    /// <param name="module">The module, shared by the cursors of a transformer.</param>
    /// <param name="blockRows">Rows a block.</param>
    public TorchEngine(SharedModule module, int blockRows)
    {
        _module = module;
        _dimension = module.EmbeddingDimension;
        _tokens = new int[blockRows];
    }

    public int BlockRows => _tokens.Length;

    public void Clear()
    {
        _rows = 0;
        _longest = 0;
    }

    public void Add(in VBuffer<float> previous, in VBuffer<float> current, int tokens)
    {
        EnsureCapacity(tokens);
        var (first, length) = (_rows * _capacity * _dimension, tokens * _dimension);
        previous.CopyPrefixTo(Values(_previous!).Slice(first, length));
        current.CopyPrefixTo(Values(_current!).Slice(first, length));
        _tokens[_rows++] = tokens;
        _longest = Math.Max(_longest, tokens);
    }

    public void Run()
    {
        _combined?.Dispose();
        _combined = null;

        using var scope = NewDisposeScope();
        using var mode = inference_mode();
        var device = _module.Device;
        // forward, not call: hooks are for a user's own module.
        var (sequences, _) = _module.Get().forward(Rows(_previous!).to(device), Rows(_current!).to(device));
        _combined = sequences.cpu().DetachFromDisposeScope();
    }

    public void CopyTo(int row, Span<float> context, Span<float> candidates)
    {
        var half = _longest * _dimension;
        var sequence = Values(_combined!).Slice(row * 2 * half, 2 * half);
        sequence[..context.Length].CopyTo(context);
        sequence.Slice(half, candidates.Length).CopyTo(candidates);
    }

    public void Dispose()
    {
        _previous?.Dispose();
        _current?.Dispose();
        _combined?.Dispose();
        _previous = _current = _combined = null;
        _capacity = 0;
    }

    private static Span<float> Values(Tensor tensor) => MemoryMarshal.Cast<byte, float>(tensor.bytes);

    private Tensor Rows(Tensor staging) => staging.narrow(0, 0, _rows).narrow(1, 0, _longest);

    // Grows by doubling, so that a stream of ever longer rows is repacked a few times, not at every row.
    private void EnsureCapacity(int tokens)
    {
        if (tokens <= _capacity)
            return;

        var capacity = (int)Math.Min(Math.Max(tokens, 2L * _capacity), _module.MaxTokens);
        _previous = Grow(_previous, capacity);
        _current = Grow(_current, capacity);
        _capacity = capacity;
    }

    private Tensor Grow(Tensor? staging, int capacity)
    {
        using var quiet = inference_mode(false);
        var larger = empty(BlockRows, capacity, _dimension, dtype: ScalarType.Float32, device: CPU).DetachFromDisposeScope();
        if (staging is null)
            return larger;

        for (var row = 0; row < _rows; row++)
        {
            var values = Values(staging).Slice(row * _capacity * _dimension, _tokens[row] * _dimension);
            values.CopyTo(Values(larger).Slice(row * capacity * _dimension, values.Length));
        }

        staging.Dispose();
        return larger;
    }
}
