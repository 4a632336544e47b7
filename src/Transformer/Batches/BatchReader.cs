using System.Runtime.InteropServices;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using static TorchSharp.torch;

namespace MlNetNtd;

/// <summary>Reads rows of a cursor into batches of tensors. Each value is copied once: from the input's vector into its place.</summary>
internal sealed class BatchReader : IDisposable
{
    private readonly IExceptionContext _context;
    private readonly BoundTransformSchema _schema;
    private readonly DataViewRowCursor _cursor;
    private readonly SequencePairReader _reader;
    private readonly ManagedEngine _engine;
    private readonly SequenceBatchOptions _options;
    private readonly Device _device;
    private readonly (string Name, ScalarColumn Column)[] _scalars;

    // Where lengths vary, a batch's rows are kept as they were read until the longest is known. Their memory serves every
    // batch. Where all rows are of one size, each is written into its place at once.
    private readonly bool _inPlace;
    private readonly VBuffer<float>[] _previous;
    private readonly VBuffer<float>[] _current;
    private readonly RowLayout[] _layouts;

    public BatchReader(IExceptionContext context, BoundTransformSchema schema, DataViewRowCursor cursor, SequenceBatchOptions options)
    {
        _context = context;
        _schema = schema;
        _cursor = cursor;
        _options = options;
        _device = options.Device ?? CPU;
        _reader = new SequencePairReader(context, schema, cursor);
        _engine = new ManagedEngine(schema.Settings.InitialEmbedding);
        _inPlace = schema.Known is { } known && SequenceBytes(options.BatchSize, known.PaddedTokens) <= int.MaxValue;
        _previous = new VBuffer<float>[_inPlace ? 0 : options.BatchSize];
        _current = new VBuffer<float>[_inPlace ? 0 : options.BatchSize];
        _layouts = new RowLayout[options.BatchSize];
        _scalars = [.. options.ScalarColumnNames.Select(name =>
            (name, ScalarColumn.Create(cursor, cursor.Schema[name], options.BatchSize)))];
    }

    private bool IsAdditive => _schema.Settings.MaskKind == MaskKind.Additive;

    /// <summary>The next batch; null at the end.</summary>
    public SequenceBatch? Read(CancellationToken cancellation)
    {
        var rows = 0;
        // No dispose scope around what reads the input: tensors of its own are none of ours.
        Tensor? sequences = null;
        try
        {
            while (rows < _layouts.Length && _cursor.MoveNext())
            {
                cancellation.ThrowIfCancellationRequested();
                ref readonly var layout = ref _layouts[rows];
                _layouts[rows] = _reader.Read();
                if (_inPlace)
                    Write(sequences ??= Allocate(_layouts.Length, layout.PaddedTokens), rows, layout, _reader.Previous, _reader.Current);
                else
                    _reader.Take(ref _previous[rows], ref _current[rows]);
                foreach (var (_, column) in _scalars)
                    column.Read(rows);
                rows++;
            }

            return rows == 0 || (rows < _layouts.Length && _options.DropIncompleteBatch) ? null : Build(rows, sequences);
        }
        finally
        {
            sequences?.Dispose();
        }
    }

    public void Dispose() => _cursor.Dispose();

    private SequenceBatch Build(int rows, Tensor? written)
    {
        // Whatever scope the calling thread is in: the batch belongs to whoever enumerates.
        using var scope = NewDisposeScope();
        using var mode = inference_mode(false);
        var layouts = _layouts.AsSpan(0, rows);
        var (padded, same) = (0, true);
        foreach (var layout in layouts)
            (padded, same) = (Math.Max(padded, layout.PaddedTokens), same && layout.Tokens == layouts[0].Tokens);
        var masks = same ? 1 : rows;
        CheckSize(rows, masks, padded);

        var sequences = written is null ? Sequences(layouts, padded) : Whole(written, rows);
        var scalars = _scalars.ToDictionary(scalar => scalar.Name, scalar => Detached(scalar.Column.ToTensor(rows)));
        return new SequenceBatch(
            Detached(sequences), Detached(Masks(layouts[..masks], padded)), _schema.Settings.MaskKind, Detached(Counts(layouts)),
            RealTokens(layouts, padded), scalars);
    }

    // The last batch may have fewer rows than there is memory for: it does not keep the rest alive.
    private static Tensor Whole(Tensor written, int rows) =>
        rows == written.shape[0] ? written.alias() : written.narrow(0, 0, rows).clone();

    private Tensor Sequences(ReadOnlySpan<RowLayout> layouts, int padded)
    {
        var sequences = Allocate(layouts.Length, padded);
        try
        {
            for (var row = 0; row < layouts.Length; row++)
                Write(sequences, row, layouts[row] with { PaddedTokens = padded }, _previous[row], _current[row]);
            return sequences.alias();
        }
        finally
        {
            sequences.Dispose();
        }
    }

    // (rows, 2P, C), every value of which is written later.
    private Tensor Allocate(int rows, int padded)
    {
        using var mode = inference_mode(false);
        return empty(rows, 2 * padded, _schema.Settings.EmbeddingDimension, dtype: ScalarType.Float32, device: CPU).DetachFromDisposeScope();
    }

    // A tensor's bytes are reached through a span.
    private void CheckSize(long rows, long masks, long padded)
    {
        var bytes = Math.Max(SequenceBytes(rows, padded), masks * 4 * padded * padded * (IsAdditive ? sizeof(float) : sizeof(bool)));
        if (bytes > int.MaxValue)
            throw _context.Unable($"A batch of {rows} rows of {padded} tokens takes {bytes} bytes, and {int.MaxValue} is the most: make BatchSize smaller.");
    }

    private long SequenceBytes(long rows, long padded) => rows * 2 * padded * _schema.Settings.EmbeddingDimension * sizeof(float);

    private void Write(Tensor sequences, int row, in RowLayout layout, in VBuffer<float> previous, in VBuffer<float> current)
    {
        var values = MemoryMarshal.Cast<byte, float>(sequences.bytes).Slice(row * layout.CombinedLength, layout.CombinedLength);
        CombinedLayout.SplitHalves(values, layout, out var context, out var candidates);
        _engine.Combine(previous, current, context, candidates);
    }

    // One where it serves all rows: what differs is never one row alone.
    private Tensor Masks(ReadOnlySpan<RowLayout> layouts, int padded)
    {
        long side = 2L * padded;
        var masks = empty(
            layouts.Length == 1 ? [side, side] : [layouts.Length, side, side], dtype: IsAdditive ? ScalarType.Float32 : ScalarType.Bool, device: CPU);
        var count = NextTokenMask.Count(padded);
        for (var i = 0; i < layouts.Length; i++)
        {
            if (IsAdditive)
                NextTokenMask.FillAdditive(MemoryMarshal.Cast<byte, float>(masks.bytes).Slice(i * count, count), layouts[i].Tokens, padded);
            else
                NextTokenMask.Fill(MemoryMarshal.Cast<byte, bool>(masks.bytes).Slice(i * count, count), layouts[i].Tokens, padded, _schema.Settings.MaskKind);
        }

        return masks;
    }

    private Tensor? RealTokens(ReadOnlySpan<RowLayout> layouts, int padded)
    {
        var least = padded;
        foreach (var layout in layouts)
            least = Math.Min(least, layout.Tokens);
        if (least == padded)
            return null;
        var tokens = zeros([layouts.Length, padded], dtype: ScalarType.Float32, device: CPU);
        var values = MemoryMarshal.Cast<byte, float>(tokens.bytes);
        for (var row = 0; row < layouts.Length; row++)
            values.Slice(row * padded, layouts[row].Tokens).Fill(1f);
        return Detached(tokens);
    }

    private static Tensor Counts(ReadOnlySpan<RowLayout> layouts)
    {
        var counts = empty([layouts.Length], dtype: ScalarType.Int64, device: CPU);
        var values = MemoryMarshal.Cast<byte, long>(counts.bytes);
        for (var row = 0; row < layouts.Length; row++)
            values[row] = layouts[row].Tokens;
        return counts;
    }

    private Tensor Detached(Tensor tensor) => tensor.to(_device).DetachFromDisposeScope();
}
