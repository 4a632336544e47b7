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
    private readonly StageSchema _schema;
    private readonly DataViewRowCursor _cursor;
    private readonly SequenceReader _reader;
    private readonly ManagedEngine _engine;
    private readonly SequenceBatchOptions _options;
    private readonly Device _device;
    private readonly (string Name, ScalarColumn Column)[] _scalars;

    // A batch's rows are kept as they were read until the longest is known. Their memory serves every batch.
    private readonly VBuffer<float>[] _previous;
    private readonly VBuffer<float>[] _current;
    private readonly RowLayout[] _layouts;

    public BatchReader(IExceptionContext context, StageSchema schema, DataViewRowCursor cursor, SequenceBatchOptions options)
    {
        _context = context;
        _schema = schema;
        _cursor = cursor;
        _options = options;
        _device = options.Device ?? CPU;
        _reader = new SequenceReader(context, schema, cursor);
        _engine = new ManagedEngine(schema.Settings.InitialEmbedding);
        _previous = new VBuffer<float>[options.BatchSize];
        _current = new VBuffer<float>[options.BatchSize];
        _layouts = new RowLayout[options.BatchSize];
        _scalars = [.. options.ScalarColumnNames.Select(name =>
            (name, ScalarColumn.Create(cursor, cursor.Schema[name], options.BatchSize)))];
    }

    /// <summary>The next batch; null at the end.</summary>
    public SequenceBatch? Read(CancellationToken cancellation)
    {
        var rows = 0;
        while (rows < _layouts.Length && _cursor.MoveNext())
        {
            cancellation.ThrowIfCancellationRequested();
            _layouts[rows] = _reader.Read();
            _reader.Take(ref _previous[rows], ref _current[rows]);
            foreach (var (_, column) in _scalars)
                column.Read(rows);
            rows++;
        }

        return rows == 0 || (rows < _layouts.Length && _options.DropIncompleteBatch) ? null : Build(rows);
    }

    public void Dispose() => _cursor.Dispose();

    private SequenceBatch Build(int rows)
    {
        // Whatever scope the calling thread is in: the batch belongs to whoever enumerates.
        using var scope = NewDisposeScope();
        using var mode = inference_mode(false);
        var layouts = _layouts.AsSpan(0, rows);
        var padded = 0;
        foreach (var layout in layouts)
            padded = Math.Max(padded, layout.PaddedTokens);
        CheckSize(rows, padded);

        var scalars = _scalars.ToDictionary(scalar => scalar.Name, scalar => Detached(scalar.Column.ToTensor(rows)));
        return new SequenceBatch(Detached(Sequences(layouts, padded)), Detached(Masks(layouts, padded)), Detached(Counts(layouts)), scalars);
    }

    // A tensor's bytes are reached through a span.
    private void CheckSize(long rows, long padded)
    {
        var bytes = Math.Max(rows * 2 * padded * _schema.Settings.EmbeddingDimension * sizeof(float), rows * 4 * padded * padded * sizeof(float));
        if (bytes > int.MaxValue)
            throw _context.Unable($"A batch of {rows} rows of {padded} tokens takes {bytes} bytes, and {int.MaxValue} is the most: make BatchSize smaller.");
    }

    private Tensor Sequences(ReadOnlySpan<RowLayout> layouts, int padded)
    {
        var dimension = _schema.Settings.EmbeddingDimension;
        var sequences = zeros(layouts.Length, 2 * padded, dimension, dtype: ScalarType.Float32, device: CPU);
        var values = MemoryMarshal.Cast<byte, float>(sequences.bytes);
        var half = padded * dimension;
        for (var row = 0; row < layouts.Length; row++)
        {
            var sequence = values.Slice(row * 2 * half, 2 * half);
            var length = layouts[row].HalfLength;
            _engine.Combine(_previous[row], _current[row], sequence[..length], sequence.Slice(half, length));
        }

        return sequences;
    }

    private Tensor Masks(ReadOnlySpan<RowLayout> layouts, int padded)
    {
        var same = true;
        foreach (var layout in layouts)
            same &= layout.Tokens == layouts[0].Tokens;

        long side = 2L * padded;
        var additive = _schema.Settings.MaskKind == MaskKind.Additive;
        var masks = empty(same ? [side, side] : [layouts.Length, side, side], dtype: additive ? ScalarType.Float32 : ScalarType.Bool, device: CPU);
        var count = NextTokenMask.Count(padded);
        for (var i = 0; i < (same ? 1 : layouts.Length); i++)
        {
            if (additive)
                NextTokenMask.FillAdditive(MemoryMarshal.Cast<byte, float>(masks.bytes).Slice(i * count, count), layouts[i].Tokens, padded);
            else
                NextTokenMask.Fill(MemoryMarshal.Cast<byte, bool>(masks.bytes).Slice(i * count, count), layouts[i].Tokens, padded, _schema.Settings.MaskKind);
        }

        return masks;
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
