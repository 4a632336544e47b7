using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace MlNetNtd;

/// <summary>A cursor that scores its input in batches.</summary>
internal sealed class BatchScoreCursor : BufferedCursor
{
    private readonly BoundScorerSchema _schema;
    private readonly IRowScorer _scorer;
    private readonly ScoringReader _reader;

    private readonly DataViewRow _input;

    // The valid rows of the block, their indexes in the block, and their positions in the view.
    private readonly List<SequenceRow> _rows = [];
    private readonly List<int> _indexes = [];
    private readonly List<long> _positions = [];

    // The scores of the block's rows.
    private readonly RowScores?[] _scores;

    /// <summary>Initializes the cursor.</summary>
    /// <param name="env">Logs warnings and marks errors.</param>
    /// <param name="schema">The scorer's schema for this input.</param>
    /// <param name="input">The cursor over the input. It is disposed with this one.</param>
    /// <param name="active">The requested columns.</param>
    /// <param name="scorer">Computes the scores.</param>
    public BatchScoreCursor(
        IHostEnvironment env, BoundScorerSchema schema, DataViewRowCursor input, ActiveColumns active, IRowScorer scorer)
        : base(env, schema, input, active, schema.Settings.BatchSize, blocks: 1)
    {
        _schema = schema;
        _input = input;
        _scorer = scorer;
        _reader = new ScoringReader(env, schema, input);
        _scores = new RowScores?[schema.Settings.BatchSize];
    }

    // A score that is not finite is an error of the row that is read, not of the whole batch.
    protected override Delegate GetAddedGetter(int index) => _schema.CreateGetter(index, () => _reader.Accept(_scores[CurrentComputedIndex()]!, Position));

    protected override void ResetBlock(int block)
    {
        _rows.Clear();
        _indexes.Clear();
        _positions.Clear();
    }

    protected override void Read(int block, int index)
    {
        if (_reader.Read() is not { } row)
        {
            _scores[index] = RowScores.Missing;
            return;
        }

        _rows.Add(row);
        _indexes.Add(index);
        _positions.Add(_input.Position);
    }

    protected override void ComputeRows(int block)
    {
        if (_rows.Count == 0)
            return;
        var scores = _scorer.Score(_rows);
        for (var i = 0; i < scores.Length; i++)
            _scores[_indexes[i]] = _reader.Skips ? _reader.Accept(scores[i], _positions[i]) : scores[i];
        _rows.Clear();
    }

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        if (disposing)
            _reader.Dispose();
    }
}
