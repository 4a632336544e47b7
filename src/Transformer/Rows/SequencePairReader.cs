using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace MlNetNtd;

/// <summary>Reads and checks the two sequences of the current input row, at most once per row.</summary>
internal sealed class SequencePairReader
{
    private readonly IExceptionContext _context;
    private readonly BoundTransformSchema _schema;
    private readonly DataViewRow _input;
    private readonly ValueGetter<VBuffer<float>> _previousGetter;
    private readonly ValueGetter<VBuffer<float>> _currentGetter;
    private VBuffer<float> _previous;
    private VBuffer<float> _current;
    private RowLayout _layout;
    private long _position = -1;

    public SequencePairReader(IExceptionContext context, BoundTransformSchema schema, DataViewRow input)
    {
        _context = context;
        _schema = schema;
        _input = input;
        _previousGetter = input.GetGetter<VBuffer<float>>(input.Schema[schema.Previous.Index]);
        _currentGetter = input.GetGetter<VBuffer<float>>(input.Schema[schema.Current.Index]);
    }

    /// <summary>The real embeddings of the last row read, (T, C); valid until the next <see cref="Read"/>.</summary>
    public ref readonly VBuffer<float> Previous => ref _previous;

    /// <summary>The candidate embeddings of the last row read, (T, K, C); valid until the next <see cref="Read"/>.</summary>
    public ref readonly VBuffer<float> Current => ref _current;

    /// <summary>Reads the current row, unless it is already read.</summary>
    /// <exception cref="InvalidRowException">The row does not hold T tokens and K candidates for each.</exception>
    /// <exception cref="InvalidOperationException">There is no current row.</exception>
    public RowLayout Read()
    {
        var position = _input.Position;
        if (position < 0)
            throw _context.NoRow();
        if (position == _position)
            return _layout;

        // A row counts as read only after all checks, so that every getter of an invalid row throws.
        _position = -1;
        // The first row allocates the buffers, often right before the caller's combined buffer. In this order, neither copy into that
        // buffer has its destination just behind its source modulo a page, where some processors copy at half the speed.
        _currentGetter(ref _current);
        _previousGetter(ref _previous);
        // If the schema determines the length, a valid row costs only two comparisons.
        _layout = _schema.InputLength is { } length && _previous.Length == length && _current.Length == CandidatesPerToken * length
            ? _schema.Known!.Value
            : _schema.Layout(CountTokens());
        _position = position;
        return _layout;
    }

    /// <summary>Swaps the buffers of the last row read for the caller's, which receive the next row.</summary>
    public void Take(ref VBuffer<float> previous, ref VBuffer<float> current)
    {
        (previous, _previous) = (_previous, previous);
        (current, _current) = (_current, current);
        _position = -1;
    }

    private int CandidatesPerToken => _schema.Settings.CandidatesPerToken;

    private int CountTokens()
    {
        var dimension = _schema.Settings.EmbeddingDimension;
        CheckLength(_schema.Previous.Name, _previous.Length);
        var expected = (long)CandidatesPerToken * _previous.Length;
        if (_current.Length != expected)
        {
            throw _context.Row(
                _schema.Current.Name, _input.Position,
                CandidatesPerToken == 1
                    ? $"{expected} values as in column '{_schema.Previous.Name}'"
                    : $"{expected} values, {CandidatesPerToken} candidates (CandidatesPerToken) for each of the {_previous.Length / dimension} tokens in column '{_schema.Previous.Name}'",
                $"{_current.Length}");
        }

        return BoundTransformSchema.CountKept(_schema.Settings, _previous.Length / dimension);
    }

    private void CheckLength(string column, int length)
    {
        var (dimension, maxTokens) = (_schema.Settings.EmbeddingDimension, _schema.Settings.MaxTokens);
        if (length == 0)
            throw _context.Row(column, _input.Position, $"at least one token of {dimension} values", "none");
        if (length % dimension != 0)
            throw _context.Row(column, _input.Position, $"a multiple of {dimension} values (EmbeddingDimension)", $"{length}");
        if (length / dimension > maxTokens && !_schema.Settings.TruncateToMaxTokens)
            throw _context.Row(column, _input.Position, $"at most {maxTokens} tokens (the transform's MaxTokens)", $"{length / dimension}");
        if (_schema.InputLength is { } known && length != known)
            throw _context.Row(column, _input.Position, $"{known} values as the schema says", $"{length}");
        var parts = 1 + CandidatesPerToken;
        if ((long)parts * _schema.Layout(BoundTransformSchema.CountKept(_schema.Settings, length / dimension)).PaddedTokens * dimension > Array.MaxLength)
        {
            throw _context.Row(
                column, _input.Position, $"at most {Array.MaxLength / parts} values, so that the combined sequence fits one array", $"{length}");
        }
    }
}
