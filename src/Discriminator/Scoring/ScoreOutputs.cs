using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace MlNetNtd;

/// <summary>
/// The columns of a row that is scored when it is asked for, with no look-ahead: of a streaming cursor, and of the row
/// that a prediction engine maps.
/// </summary>
internal sealed class ScoreOutputs
{
    private readonly IExceptionContext _context;
    private readonly ScorerSchema _schema;
    private readonly DataViewRow _input;
    private readonly ActiveScores _active;
    private readonly SharedNetwork _network;
    private readonly SequenceRowReader? _reader;
    private RowScores? _scores;
    private long _position = -1;

    public ScoreOutputs(
        IExceptionContext context, ScorerSchema schema, DataViewRow input, ActiveScores active, SharedNetwork network, int maxTokens)
    {
        _context = context;
        _schema = schema;
        _input = input;
        _active = active;
        _network = network;
        _reader = active.Scores ? new SequenceRowReader(context, schema.Columns, maxTokens, input) : null;
    }

    public bool IsActive(DataViewSchema.Column column) => _active[column];

    /// <summary>A getter of an output column, typed as the column.</summary>
    public ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
    {
        if (!IsActive(column))
            throw _context.InactiveColumn(column.Name);
        if (!_schema.IsOwn(column.Index))
            return _input.GetGetter<TValue>(_input.Schema[column.Index]);
        return _schema.CreateGetter(column.Index, Current) as ValueGetter<TValue>
            ?? throw _context.WrongGetterType(column.Name, column.Type, typeof(TValue));
    }

    private RowScores Current()
    {
        if (_input.Position < 0)
            throw _context.NoRow();
        if (_input.Position == _position)
            return _scores!;

        // Until all went well the row does not count as scored: every getter of a bad row reports it.
        _position = -1;
        _scores = _network.Score([_reader!.Read()])[0];
        _position = _input.Position;
        return _scores;
    }
}
