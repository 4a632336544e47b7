using System.Runtime.InteropServices;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using TorchSharp;
using static TorchSharp.torch;

namespace MlNetNtd;

/// <summary>
/// Combines blocks of rows by the TorchSharp module: packs them once into reused memory, runs one forward, and copies
/// rows out of the result.
/// </summary>
/// <remarks>
/// <para>
/// Rows of a block may differ in length. They are packed left-aligned into one tensor as long as the longest row
/// so far; what stands behind a shorter row is never copied out. Every tensor of the engine is its own: it lives
/// outside the caller's dispose scopes and takes no part in the caller's gradients.
/// </para>
/// <para>
/// On CUDA a block costs one copy a column to the device and one copy back, all from and to pinned memory. They are
/// queued behind each other, so <see cref="Run"/> returns at once, and whoever needs the results first waits for them.
/// The mask is no part of it: every row of one length has the same, and it is at home on the CPU.
/// </para>
/// </remarks>
internal sealed class TorchEngine : IBlockEngine
{
    private readonly IExceptionContext _context;
    private readonly SharedModule _module;
    private readonly int _dimension;
    private readonly int[] _tokens;

    // Both columns, (2, B, capacity, C): one question to libtorch a row tells where its values go.
    private Tensor? _staging;
    private Tensor? _result;
    private Tensor? _combined;
    private int _capacity;
    private int _rows;
    private int _longest;
    private bool _running;

    /// <summary>An engine for one block of one cursor, or for one mapped row.</summary>
    /// <param name="context">Where errors are marked.</param>
    /// <param name="module">The module, shared by the cursors of a transformer.</param>
    /// <param name="blockRows">Rows a block.</param>
    public TorchEngine(IExceptionContext context, SharedModule module, int blockRows)
    {
        _context = context;
        _module = module;
        _dimension = module.EmbeddingDimension;
        _tokens = new int[blockRows];
        RunsAside = module.Device.type == DeviceType.CUDA;
    }

    public int BlockRows => _tokens.Length;

    public bool RunsAside { get; }

    public void Combine(in VBuffer<float> previous, in VBuffer<float> current, Span<float> context, Span<float> candidates)
    {
        Clear();
        Add(previous, current, context.Length / _dimension);
        Run();
        CopyTo(0, context, candidates);
    }

    public void Clear()
    {
        // The device may still be reading what is about to be overwritten.
        Wait();
        _rows = 0;
        _longest = 0;
    }

    public void Add(in VBuffer<float> previous, in VBuffer<float> current, int tokens)
    {
        EnsureCapacity(tokens);
        var values = Values(_staging!);
        var length = tokens * _dimension;
        previous.CopyPrefixTo(values.Slice(First(0, _rows, _capacity), length));
        current.CopyPrefixTo(values.Slice(First(1, _rows, _capacity), length));
        _tokens[_rows++] = tokens;
        _longest = Math.Max(_longest, tokens);
    }

    public void Run()
    {
        _combined?.Dispose();
        _combined = null;

        using var scope = NewDisposeScope();
        using var mode = inference_mode();
        // forward, not call: hooks are for a user's own module.
        var (sequences, _) = _module.Get().forward(OnDevice(0), OnDevice(1));
        _combined = (RunsAside ? CopyBack(sequences) : sequences).DetachFromDisposeScope();
    }

    public void CopyTo(int row, Span<float> context, Span<float> candidates)
    {
        Wait();
        var half = _longest * _dimension;
        var sequence = Values(_combined!).Slice(row * 2 * half, 2 * half);
        sequence[..context.Length].CopyTo(context);
        sequence.Slice(half, candidates.Length).CopyTo(candidates);
    }

    public void Dispose()
    {
        _staging?.Dispose();
        _result?.Dispose();
        _combined?.Dispose();
        _staging = _result = _combined = null;
        _capacity = 0;
    }

    private static Span<float> Values(Tensor tensor) => MemoryMarshal.Cast<byte, float>(tensor.bytes);

    // The rows are one piece of memory, so one copy, if narrowed to the longest only where they arrive.
    private Tensor OnDevice(int column) =>
        _staging![column].narrow(0, 0, _rows).to(_module.Device, non_blocking: true).narrow(1, 0, _longest);

    private Tensor CopyBack(Tensor sequences)
    {
        var count = sequences.NumberOfElements;
        if (_result is null || _result.NumberOfElements < count)
        {
            _result?.Dispose();
            _result = Allocate(count);
        }

        _running = true;
        return _result.narrow(0, 0, count).view(sequences.shape).copy_(sequences, true);
    }

    private void Wait()
    {
        if (_running)
            cuda.synchronize(_module.Device);
        _running = false;
    }

    // Grows by doubling, so that a stream of ever longer rows is repacked a few times, not at every row.
    private void EnsureCapacity(int tokens)
    {
        if (tokens <= _capacity)
            return;

        var most = BlockSize.MostTokens(BlockRows, _dimension);
        if (tokens > most)
        {
            throw _context.Unable(
                $"Blocks of {BlockRows} rows of {tokens} tokens of dimension {_dimension} are more than the 2 GiB that the Torch "
                + "engine can reach: make BatchSize smaller, or use Engine = Managed.");
        }

        var capacity = (int)Math.Min(Math.Max(tokens, 2L * _capacity), Math.Min(most, _module.MaxTokens));
        var larger = Allocate(2, BlockRows, capacity, _dimension);
        for (var column = 0; column < 2; column++)
        {
            for (var row = 0; row < _rows; row++)
                Values(_staging!).Slice(First(column, row, _capacity), _tokens[row] * _dimension).CopyTo(Values(larger)[First(column, row, capacity)..]);
        }

        _staging?.Dispose();
        (_staging, _capacity) = (larger, capacity);
    }

    private int First(int column, int row, int capacity) => (column * BlockRows + row) * capacity * _dimension;

    // Pinned where a GPU copies from it or to it, so that the copy needs no detour and nobody waits for it.
    private Tensor Allocate(params long[] size)
    {
        using var scope = NewDisposeScope();
        using var mode = inference_mode(false);
        var memory = empty(size, dtype: ScalarType.Float32, device: CPU);
        return (RunsAside ? memory.pin_memory() : memory).DetachFromDisposeScope();
    }
}
