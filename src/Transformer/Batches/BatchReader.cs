using System.Runtime.InteropServices;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using static TorchSharp.torch;

namespace MlNetNtd;

/// <summary>Reads rows of a cursor into batches of tensors. Each value is copied once, from the input's vector to the tensor.</summary>
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

    // If lengths vary, the rows of a batch are buffered until the longest is known; all batches reuse the buffers. If all
    // rows have one size, each row is written directly to the tensor.
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

    private int CandidatesPerToken => _schema.Settings.CandidatesPerToken;

    private bool IsAdditive => _schema.Settings.MaskKind == MaskKind.Additive;

    /// <summary>Reads the next batch; null at the end.</summary>
    public SequenceBatch? Read(CancellationToken cancellationToken)
    {
        var rows = 0;
        // No dispose scope here: it would capture tensors that the input creates.
        Tensor? sequences = null;
        try
        {
            while (rows < _layouts.Length && _cursor.MoveNext())
            {
                cancellationToken.ThrowIfCancellationRequested();
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
        // The caller that enumerates owns the batch, so no dispose scope of this thread may hold its tensors.
        using var scope = NewDisposeScope();
        using var mode = inference_mode(false);
        var layouts = _layouts.AsSpan(0, rows);
        var (padded, sameLength) = (0, true);
        foreach (var layout in layouts)
            (padded, sameLength) = (Math.Max(padded, layout.PaddedTokens), sameLength && layout.Tokens == layouts[0].Tokens);
        var masks = sameLength ? 1 : rows;
        CheckSize(rows, masks, padded);

        var sequences = written is null ? CreateSequences(layouts, padded) : TakeRows(written, rows);
        var scalars = _scalars.ToDictionary(scalar => scalar.Name, scalar => Detached(scalar.Column.ToTensor(rows)));
        return new SequenceBatch(
            Detached(sequences), Detached(CreateMasks(layouts[..masks], padded)), _schema.Settings.MaskKind, Detached(CreateTokenCounts(layouts)),
            CreateRealTokens(layouts, padded), scalars, CandidatesPerToken);
    }

    // The last batch may have fewer rows than the tensor. A copy of them does not keep the rest of its memory alive.
    private static Tensor TakeRows(Tensor written, int rows) =>
        rows == written.shape[0] ? written.alias() : written.narrow(0, 0, rows).clone();

    private Tensor CreateSequences(ReadOnlySpan<RowLayout> layouts, int padded)
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

    // (rows, P + K * P, C), uninitialized: every value is written later.
    private Tensor Allocate(int rows, int padded)
    {
        using var mode = inference_mode(false);
        return empty(rows, (1 + CandidatesPerToken) * padded, _schema.Settings.EmbeddingDimension, dtype: ScalarType.Float32, device: CPU).DetachFromDisposeScope();
    }

    // The code writes tensors through spans, whose length is an int.
    private void CheckSize(long rows, long masks, long padded)
    {
        var side = (1 + CandidatesPerToken) * padded;
        var bytes = Math.Max(SequenceBytes(rows, padded), masks * side * side * (IsAdditive ? sizeof(float) : sizeof(bool)));
        if (bytes > int.MaxValue)
            throw _context.Unable($"A batch of {rows} rows of {padded} tokens takes {bytes} bytes, and {int.MaxValue} is the most: make BatchSize smaller.");
    }

    private long SequenceBytes(long rows, long padded) => rows * (1 + CandidatesPerToken) * padded * _schema.Settings.EmbeddingDimension * sizeof(float);

    private void Write(Tensor sequences, int row, in RowLayout layout, in VBuffer<float> previous, in VBuffer<float> current)
    {
        var values = MemoryMarshal.Cast<byte, float>(sequences.bytes).Slice(row * layout.CombinedLength, layout.CombinedLength);
        CombinedLayout.SplitHalves(values, layout, out var context, out var candidates);
        _engine.Combine(previous, current, context, candidates);
    }

    // (P + K * P, P + K * P) for one layout, which all rows share; one for each row otherwise.
    private Tensor CreateMasks(ReadOnlySpan<RowLayout> layouts, int padded)
    {
        long side = (1L + CandidatesPerToken) * padded;
        var masks = empty(
            layouts.Length == 1 ? [side, side] : [layouts.Length, side, side], dtype: IsAdditive ? ScalarType.Float32 : ScalarType.Bool, device: CPU);
        var count = NextTokenMask.Count(padded, CandidatesPerToken);
        for (var i = 0; i < layouts.Length; i++)
        {
            if (IsAdditive)
                NextTokenMask.FillAdditive(MemoryMarshal.Cast<byte, float>(masks.bytes).Slice(i * count, count), layouts[i].Tokens, padded, CandidatesPerToken);
            else
                NextTokenMask.Fill(MemoryMarshal.Cast<byte, bool>(masks.bytes).Slice(i * count, count), layouts[i].Tokens, padded, _schema.Settings.MaskKind, CandidatesPerToken);
        }

        return masks;
    }

    // (B, P): 1 for a token, 0 for padding. Null if nothing is padded.
    private Tensor? CreateRealTokens(ReadOnlySpan<RowLayout> layouts, int padded)
    {
        var shortest = padded;
        foreach (var layout in layouts)
            shortest = Math.Min(shortest, layout.Tokens);
        if (shortest == padded)
            return null;
        var tokens = zeros([layouts.Length, padded], dtype: ScalarType.Float32, device: CPU);
        var values = MemoryMarshal.Cast<byte, float>(tokens.bytes);
        for (var row = 0; row < layouts.Length; row++)
            values.Slice(row * padded, layouts[row].Tokens).Fill(1f);
        return Detached(tokens);
    }

    private static Tensor CreateTokenCounts(ReadOnlySpan<RowLayout> layouts)
    {
        var counts = empty([layouts.Length], dtype: ScalarType.Int64, device: CPU);
        var values = MemoryMarshal.Cast<byte, long>(counts.bytes);
        for (var row = 0; row < layouts.Length; row++)
            values[row] = layouts[row].Tokens;
        return counts;
    }

    private Tensor Detached(Tensor tensor) => tensor.to(_device).DetachFromDisposeScope();
}
