using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace MlNetNtd;

/// <summary>Reads the mask of each row from its <see cref="MaskSource"/>.</summary>
internal sealed class MaskReader
{
    private readonly IExceptionContext _context;
    private readonly BoundInputColumns _columns;
    private readonly DataViewRow _input;
    private readonly MaskInterner _masks;
    private readonly ValueGetter<VBuffer<bool>>? _flags;
    private readonly ValueGetter<VBuffer<float>>? _additives;

    private VBuffer<bool> _flagBuffer;
    private VBuffer<float> _additiveBuffer;
    private bool[] _denseFlags = [];
    private float[] _denseAdditives = [];

    /// <summary>Initializes the reader over the current row of a cursor.</summary>
    public MaskReader(IExceptionContext context, BoundInputColumns columns, DataViewRow input)
    {
        _context = context;
        _columns = columns;
        _input = input;
        _masks = new MaskInterner(columns.CandidatesPerToken);
        if (columns.Mask.Column is not { } column)
            return;
        if (columns.Mask.IsBoolean)
            _flags = input.GetGetter<VBuffer<bool>>(input.Schema[column.Index]);
        else
            _additives = input.GetGetter<VBuffer<float>>(input.Schema[column.Index]);
    }

    /// <summary>Reads the mask of the current row.</summary>
    /// <param name="paddedTokens">P of the row's sequence.</param>
    /// <exception cref="InvalidRowException">The mask is invalid or has the wrong size.</exception>
    public RowMask Read(int paddedTokens)
    {
        if (_columns.Mask.Column is not { } column)
            return GetSchemaMask(paddedTokens);
        var mask = _flags is null ? ReadAdditive(column, paddedTokens) : ReadFlags(column, paddedTokens);
        return mask.Mask?.Validate(_columns.Mask) is { } problem
            ? throw _context.Row(column.Name, _input.Position, problem.Expected, problem.Found)
            : mask;
    }

    private RowMask GetSchemaMask(int paddedTokens)
    {
        var source = _columns.Mask;
        if (source.PaddedTokens is { } padded && padded != paddedTokens)
        {
            throw _context.Row(
                _columns.Feature.Name, _input.Position, $"{Embeddings(padded)} embeddings, as the annotation {AnnotationNames.AttentionMask} is for",
                Embeddings(paddedTokens));
        }

        if (source.Tokens > paddedTokens)
        {
            throw _context.Row(
                _columns.Feature.Name, _input.Position, $"at least {Embeddings(source.Tokens!.Value)} embeddings, as the annotation {AnnotationNames.AttentionMaskTokens} says",
                Embeddings(paddedTokens));
        }

        return new RowMask(source.Shared, source.Tokens ?? paddedTokens);
    }

    private RowMask ReadFlags(DataViewSchema.Column column, int paddedTokens)
    {
        _flags!(ref _flagBuffer);
        CheckLength(column, _flagBuffer.Length, paddedTokens);
        return _masks.Read(Dense(in _flagBuffer, ref _denseFlags), paddedTokens, _columns.Mask.TrueMeansBlocked);
    }

    private RowMask ReadAdditive(DataViewSchema.Column column, int paddedTokens)
    {
        _additives!(ref _additiveBuffer);
        CheckLength(column, _additiveBuffer.Length, paddedTokens);
        return _masks.Read(Dense(in _additiveBuffer, ref _denseAdditives), paddedTokens);
    }

    private void CheckLength(DataViewSchema.Column column, int found, int paddedTokens)
    {
        var side = (1L + _columns.CandidatesPerToken) * paddedTokens;
        var expected = side * side;
        if (found != expected)
        {
            throw _context.Row(
                column.Name, _input.Position,
                $"{expected} values, {side} * {side}, as column '{_columns.Feature.Name}' has {Embeddings(paddedTokens)} embeddings",
                $"{found}");
        }
    }

    private string Embeddings(int tokens) => CandidateCount.Embeddings(tokens, _columns.CandidatesPerToken);

    private static ReadOnlySpan<T> Dense<T>(in VBuffer<T> values, ref T[] buffer)
    {
        if (values.IsDense)
            return values.GetValues();
        if (buffer.Length < values.Length)
            buffer = new T[values.Length];
        values.CopyPrefixTo(buffer.AsSpan(0, values.Length));
        return buffer.AsSpan(0, values.Length);
    }
}
