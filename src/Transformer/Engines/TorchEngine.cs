using System.Runtime.InteropServices;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using TorchSharp;
using static TorchSharp.torch;

namespace MlNetNtd;

/// <summary>
/// Combines blocks of rows by the TorchSharp module: packs them into memory that is made once, has the module combine
/// them into memory that is made once, and copies rows out of that.
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
    // A block is as wide, in tokens, as its longest row, rounded up to one of so many widths, so that blocks of rows of
    // any length soon need nothing new. What is combined in vain stays below a sixteenth of the longest row.
    private const int Widths = 16;

    private readonly IExceptionContext _context;
    private readonly ModuleHandle _module;
    private readonly int _dimension;
    private readonly int[] _tokens;

    // Both columns, (2, B, capacity, C): one question to libtorch a row tells where its values go.
    private Tensor? _staging;

    // The combined sequences of a block, (B, 2 * width, C), at the beginning of as much memory as they may need.
    private Tensor? _result;
    private int _capacity;
    private int _rows;
    private int _longest;
    private int _width;
    private bool _running;

    // On the CPU, of full blocks, by their width in steps.
    private readonly PreparedForward?[] _prepared = new PreparedForward?[Widths + 1];

    /// <summary>An engine for one block of one cursor, or for one mapped row.</summary>
    /// <param name="context">Where errors are marked.</param>
    /// <param name="module">The module, shared by the cursors of a transformer.</param>
    /// <param name="blockRows">Rows per block.</param>
    public TorchEngine(IExceptionContext context, ModuleHandle module, int blockRows)
    {
        _context = context;
        _module = module;
        _dimension = module.EmbeddingDimension;
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
        using var module = _module.Borrow();
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
        var sequence = Values(_result!).Slice(row * 2 * half, 2 * half);
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
            using var once = Prepare(module);
            once.Run();
            return;
        }

        (_prepared[steps] ??= Prepare(module)).Run();
    }

    private PreparedForward Prepare(NextTokenDiscriminator module)
    {
        using var scope = NewDisposeScope();
        using var mode = inference_mode(false);
        return module.Prepare(Packed(0).narrow(1, 0, _width), Packed(1).narrow(1, 0, _width), Sequences());
    }

    private void RunOnDevice(NextTokenDiscriminator module)
    {
        using var scope = NewDisposeScope();
        using var mode = inference_mode();
        // forward, not call: hooks are for a user's own module.
        var (sequences, _) = module.forward(OnDevice(0), OnDevice(1));
        _running = true;
        Sequences().copy_(sequences, true);
    }

    // The rows are one piece of memory, so one copy, if narrowed to the width only where they arrive.
    private Tensor OnDevice(int column) => Packed(column).to(_module.Device, non_blocking: true).narrow(1, 0, _width);

    private Tensor Packed(int column) => _staging![column].narrow(0, 0, _rows);

    private Tensor Sequences() =>
        _result!.narrow(0, 0, 2L * _rows * _width * _dimension).view(_rows, 2 * _width, _dimension);

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

        Free();
        (_staging, _result, _capacity) = (larger, Allocate(2L * BlockRows * capacity * _dimension), capacity);
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

    private int First(int column, int row, int capacity) => (column * BlockRows + row) * capacity * _dimension;

    // Pinned where a GPU copies from it or to it, so that the copy needs no detour and nobody waits for it.
    private Tensor Allocate(params long[] size)
    {
        using var scope = NewDisposeScope();
        using var mode = inference_mode(false);
        var memory = empty(size, dtype: ScalarType.Float32, device: CPU);
        return (IsAsynchronous ? memory.pin_memory() : memory).DetachFromDisposeScope();
    }
}
