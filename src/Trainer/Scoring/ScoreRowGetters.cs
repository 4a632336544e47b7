using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace MlNetNtd;

/// <summary>The score getters of a row that is scored when one of them is called.</summary>
internal sealed class ScoreRowGetters : RowGetters
{
    private readonly IExceptionContext _context;
    private readonly BoundScorerSchema _schema;
    private readonly DataViewRow _input;
    private readonly IRowScorer _scorer;
    private readonly ScoringReader? _reader;
    private RowScores? _scores;
    private long _position = -1;

    /// <summary>Initializes the getters over the current row of a cursor.</summary>
    public ScoreRowGetters(
        IHostEnvironment env, BoundScorerSchema schema, DataViewRow input, ActiveColumns active, IRowScorer scorer)
        : base(env, schema, input, active)
    {
        _context = env;
        _schema = schema;
        _input = input;
        _scorer = scorer;
        _reader = schema.Scores(active) ? new ScoringReader(env, schema, input) : null;
    }

    // The transformer owns what computes the scores.
    protected override void DisposeResources() => _reader?.Dispose();

    protected override Delegate GetAddedGetter(int index) => _schema.CreateGetter(index, Current);

    private RowScores Current()
    {
        if (_input.Position < 0)
            throw _context.NoRow();
        if (_input.Position == _position)
            return _scores!;

        // The position is set last, so that every getter of an invalid row throws.
        _position = -1;
        _scores = _reader!.Read() is { } row ? _reader.Accept(_scorer.Score([row])[0], _input.Position) : RowScores.Missing;
        _position = _input.Position;
        return _scores;
    }
}
