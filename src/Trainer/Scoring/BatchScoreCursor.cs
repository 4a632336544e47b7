using Microsoft.ML;
using Microsoft.ML.Runtime;

namespace MlNetNtd;

/// <summary>A cursor that has the network score a batch of rows at once.</summary>
internal sealed class BatchScoreCursor : BufferedCursor
{
    private readonly BoundScorerSchema _schema;
    private readonly NetworkHandle _network;
    private readonly ScoringReader _reader;

    private readonly DataViewRow _input;

    // The rows that are scored next, their places, and which rows of the view they are.
    private readonly List<SequenceRow> _readable = [];
    private readonly List<int> _places = [];
    private readonly List<long> _positions = [];

    // By the place of a row.
    private readonly RowScores?[] _scores;

    public BatchScoreCursor(
        IHostEnvironment env, BoundScorerSchema schema, DataViewRowCursor input, ActiveColumns active, NetworkHandle network)
        : base(env, schema, input, active, schema.Settings.BatchSize, blocks: 1)
    {
        _schema = schema;
        _input = input;
        _network = network;
        _reader = new ScoringReader(env, schema, input);
        _scores = new RowScores?[schema.Settings.BatchSize];
    }

    // Where bad rows are errors, this is where they are thrown.
    protected override Delegate GetAddedGetter(int index) => _schema.CreateGetter(index, () => _reader.Accept(_scores[CurrentComputedIndex()]!, Position));

    protected override void ResetBlock(int block)
    {
        _readable.Clear();
        _places.Clear();
        _positions.Clear();
    }

    protected override void Read(int block, int place)
    {
        if (_reader.Read() is not { } row)
        {
            _scores[place] = RowScores.Missing;
            return;
        }

        _readable.Add(row);
        _places.Add(place);
        _positions.Add(_input.Position);
    }

    protected override void ComputeRows(int block)
    {
        if (_readable.Count == 0)
            return;
        var scores = _network.Score(_readable);
        for (var i = 0; i < scores.Length; i++)
            _scores[_places[i]] = _reader.Skips ? _reader.Accept(scores[i], _positions[i]) : scores[i];
        _readable.Clear();
    }

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        if (disposing)
            _reader.Dispose();
    }
}
