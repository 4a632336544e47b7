using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace MlNetNtd;

/// <summary>Reads the two sequences of the current input row, at most once a row, and checks them.</summary>
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

    /// <summary>prev of the row that was read last, (T, C); valid until the next <see cref="Read"/>.</summary>
    public ref readonly VBuffer<float> Previous => ref _previous;

    /// <summary>curr of the row that was read last, (T, C); valid until the next <see cref="Read"/>.</summary>
    public ref readonly VBuffer<float> Current => ref _current;

    /// <summary>Reads the current row, unless it was read already.</summary>
    /// <exception cref="InvalidRowException">The row does not hold two sequences of T tokens.</exception>
    /// <exception cref="InvalidOperationException">There is no row.</exception>
    public RowLayout Read()
    {
        var position = _input.Position;
        if (position < 0)
            throw _context.NoRow();
        if (position == _position)
            return _layout;

        // Until all is checked the row does not count as read: every getter of a bad row reports it.
        _position = -1;
        _previousGetter(ref _previous);
        _currentGetter(ref _current);
        // Where the schema tells the length, one look at both lengths is all that a good row costs.
        _layout = _schema.InputLength is { } length && _previous.Length == length && _current.Length == length
            ? _schema.Known!.Value
            : _schema.Layout(Tokens());
        _position = position;
        return _layout;
    }

    /// <summary>Hands over the row that was read last, in exchange for buffers to read the next one into.</summary>
    public void Take(ref VBuffer<float> previous, ref VBuffer<float> current)
    {
        (previous, _previous) = (_previous, previous);
        (current, _current) = (_current, current);
        _position = -1;
    }

    private int Tokens()
    {
        var dimension = _schema.Settings.EmbeddingDimension;
        CheckLength(_schema.Previous.Name, _previous.Length);
        if (_current.Length != _previous.Length)
        {
            throw _context.Row(
                _schema.Current.Name, _input.Position,
                $"{_previous.Length} values as in column '{_schema.Previous.Name}'", $"{_current.Length}");
        }

        return BoundTransformSchema.Kept(_schema.Settings, _previous.Length / dimension);
    }

    private void CheckLength(string column, int length)
    {
        var (dimension, maxTokens) = (_schema.Settings.EmbeddingDimension, _schema.Settings.MaxTokens);
        if (length == 0)
            throw _context.Row(column, _input.Position, $"at least one token of {dimension} values", "none");
        if (length % dimension != 0)
            throw _context.Row(column, _input.Position, $"a multiple of {dimension} values (EmbeddingDimension)", $"{length}");
        if (length / dimension > maxTokens && !_schema.Settings.TruncateToMaxTokens)
            throw _context.Row(column, _input.Position, $"at most {maxTokens} tokens (the stage's MaxTokens)", $"{length / dimension}");
        if (_schema.InputLength is { } known && length != known)
            throw _context.Row(column, _input.Position, $"{known} values as the schema says", $"{length}");
        if (2L * _schema.Layout(BoundTransformSchema.Kept(_schema.Settings, length / dimension)).PaddedTokens * dimension > Array.MaxLength)
        {
            throw _context.Row(
                column, _input.Position, $"at most {Array.MaxLength / 2} values, so that the combined sequence fits one array", $"{length}");
        }
    }
}
