using System.Runtime.InteropServices;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using TorchSharp;
using static TorchSharp.torch;

namespace MlNetNtd;

/// <summary>
/// Combines blocks of rows with the TorchSharp module: packs the rows into a reused tensor, runs the module's forward pass into
/// another reused tensor, and copies the rows out of it.
/// </summary>
/// <remarks>
/// <para>
/// This engine runs the original module's forward pass on the GPU, for pipelines that train or score there, and on the CPU for
/// comparison. It gives the same bits as <see cref="ManagedEngine"/>. The result returns to ML.NET's columns in host memory,
/// so the engine has a cost: it copies each value three times on the CPU (pack, combine, copy out) where the managed engine
/// copies it once, and twice more over the bus on CUDA. It also needs native libtorch and look-ahead, which buffers the
/// passed-through columns of a block.
/// </para>
/// <para>
/// Rows of a block may differ in length. They are packed left-aligned into one tensor that is as long as the longest row so
/// far; values after a shorter row are never copied out. The engine owns all its tensors: they live outside of the caller's
/// dispose scopes and are not part of the caller's gradients.
/// </para>
/// <para>
/// On CUDA a block costs one copy per column to the device and one copy back, all through pinned memory. The copies are
/// queued, so <see cref="Run"/> returns immediately, and the first access to the results waits for them. The mask is not
/// computed here: all rows of one length have the same mask, and it stays on the CPU.
/// </para>
/// </remarks>
internal sealed class TorchEngine : IBlockEngine
{
    // The width of a block, in tokens, is the length of its longest row, rounded up to one of this number of widths, so
    // that blocks of different lengths soon reuse a prepared forward pass. Rounding wastes at most 1/16 of the capacity.
    private const int Widths = 16;

    private readonly IExceptionContext _context;
    private readonly ModuleHandle _module;
    private readonly int _dimension;
    private readonly int _candidates;
    private readonly int[] _tokens;

    // Both columns, (B, capacity, C) and (B, capacity, K, C), in one flat tensor, so that packing a row needs one call to libtorch.
    private Tensor? _staging;

    // The combined sequences of a block, (B, (1 + K) * width, C), at the beginning of a flat tensor of the full capacity.
    private Tensor? _result;
    private int _capacity;
    private int _rows;
    private int _longest;
    private int _width;
    private bool _running;

    // The prepared forward passes of full blocks on the CPU, by the block's width in steps.
    private readonly PreparedForward?[] _prepared = new PreparedForward?[Widths + 1];

    /// <summary>Creates an engine for one block of one cursor, or for one mapped row.</summary>
    /// <param name="context">Marks errors.</param>
    /// <param name="module">The module, which the cursors of a transformer share.</param>
    /// <param name="blockRows">Rows per block.</param>
    /// <param name="candidatesPerToken">K, the number of candidates of each token.</param>
    public TorchEngine(IExceptionContext context, ModuleHandle module, int blockRows, int candidatesPerToken = 1)
    {
        _context = context;
        _module = module;
        _dimension = module.EmbeddingDimension;
        _candidates = candidatesPerToken;
        _tokens = new int[blockRows];
        IsAsynchronous = module.Device.type == DeviceType.CUDA;
    }

    public int BlockRows => _tokens.Length;

    public bool IsAsynchronous { get; }

    public void Combine(in VBuffer<float> previous, in VBuffer<float> current, Span<float> context, Span<float> candidates)
    {
        Clear();
        Add(previous, current, context.Length / _dimension);
        Run();
        CopyTo(0, context, candidates);
    }

    public void Clear()
    {
        // The device may still read the memory that the next block overwrites.
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
        current.CopyPrefixTo(values.Slice(First(1, _rows, _capacity), _candidates * length));
        _tokens[_rows++] = tokens;
        _longest = Math.Max(_longest, tokens);
    }

    public void Run()
    {
        using var module = _module.Acquire();
        var step = (_capacity + Widths - 1) / Widths;
        var steps = (_longest + step - 1) / step;
        _width = Math.Min(steps * step, _capacity);
        if (IsAsynchronous)
            RunOnDevice(module.Value);
        else
            RunInPlace(module.Value, steps);
    }

    public void CopyTo(int row, Span<float> context, Span<float> candidates)
    {
        Wait();
        var half = _width * _dimension;
        var length = (1 + _candidates) * half;
        var sequence = Values(_result!).Slice(row * length, length);
        sequence[..context.Length].CopyTo(context);
        sequence.Slice(half, candidates.Length).CopyTo(candidates);
    }

    public void Dispose()
    {
        Free();
        _capacity = 0;
    }

    private static Span<float> Values(Tensor tensor) => MemoryMarshal.Cast<byte, float>(tensor.bytes);

    private void RunInPlace(NextTokenDiscriminator module, int steps)
    {
        if (_rows < BlockRows)
        {
            using var forward = Prepare(module);
            forward.Run();
            return;
        }

        (_prepared[steps] ??= Prepare(module)).Run();
    }

    private PreparedForward Prepare(NextTokenDiscriminator module)
    {
        using var scope = NewDisposeScope();
        using var mode = inference_mode(false);
        return module.Prepare(Packed(0).narrow(1, 0, _width), Packed(1).narrow(1, 0, _candidates * _width), Sequences(), _candidates);
    }

    private void RunOnDevice(NextTokenDiscriminator module)
    {
        using var scope = NewDisposeScope();
        using var mode = inference_mode();
        // forward, not call: the module is internal, so there are no hooks to run.
        var (sequences, _) = module.forward(OnDevice(0), OnDevice(1), _candidates);
        _running = true;
        Sequences().copy_(sequences, true);
    }

    // Narrowing to the width on the device keeps the source contiguous, so that one copy transfers it.
    private Tensor OnDevice(int column) => Packed(column).to(_module.Device, non_blocking: true).narrow(1, 0, Embeddings(column) * _width);

    private Tensor Packed(int column)
    {
        var tokens = Embeddings(column) * _capacity;
        return _staging!.narrow(0, First(column, 0, _capacity), (long)_rows * tokens * _dimension).view(_rows, tokens, _dimension);
    }

    private Tensor Sequences() =>
        _result!.narrow(0, 0, (1L + _candidates) * _rows * _width * _dimension).view(_rows, (1 + _candidates) * _width, _dimension);

    private void Wait()
    {
        if (_running)
            cuda.synchronize(_module.Device);
        _running = false;
    }

    // Grows by doubling, so that a stream of ever longer rows is repacked only a few times.
    private void EnsureCapacity(int tokens)
    {
        if (tokens <= _capacity)
            return;

        var maxTokens = BlockSize.MaxTokens(BlockRows, _dimension, _candidates);
        if (tokens > maxTokens)
        {
            throw _context.Unable(
                $"Blocks of {BlockRows} rows of {tokens} tokens of dimension {_dimension} are more than the 2 GiB that the Torch "
                + "engine can reach: make BatchSize smaller, or use Engine = Managed.");
        }

        var capacity = (int)Math.Min(Math.Max(tokens, 2L * _capacity), Math.Min(maxTokens, _module.MaxTokens));
        var length = (1L + _candidates) * BlockRows * capacity * _dimension;
        var larger = Allocate(length);
        for (var column = 0; column < 2; column++)
        {
            for (var row = 0; row < _rows; row++)
                Values(_staging!).Slice(First(column, row, _capacity), Embeddings(column) * _tokens[row] * _dimension).CopyTo(Values(larger)[First(column, row, capacity)..]);
        }

        Free();
        (_staging, _result, _capacity) = (larger, Allocate(length), capacity);
    }

    private void Free()
    {
        foreach (var prepared in _prepared)
            prepared?.Dispose();
        Array.Clear(_prepared);
        _staging?.Dispose();
        _result?.Dispose();
        (_staging, _result) = (null, null);
    }

    // The embeddings of a token in a column.
    private int Embeddings(int column) => column == 0 ? 1 : _candidates;

    private int First(int column, int row, int capacity) => (column * BlockRows + Embeddings(column) * row) * capacity * _dimension;

    // Memory that a GPU copies from or to is pinned, so that the copies are direct and asynchronous.
    private Tensor Allocate(long size)
    {
        using var scope = NewDisposeScope();
        using var mode = inference_mode(false);
        var memory = empty(size, dtype: ScalarType.Float32, device: CPU);
        return (IsAsynchronous ? memory.pin_memory() : memory).DetachFromDisposeScope();
    }
}
