using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace MlNetNtd;

/// <summary>A cursor that reads a batch of rows ahead, has the network score them at once, and serves them one by one.</summary>
/// <remarks>
/// The input is further on than the row being served, so everything else about a row is kept from the time when it was
/// read. A row that cannot be read does not spoil those before it: its error waits until it is the current row and one
/// of the scores is asked for.
/// </remarks>
internal sealed class BatchScoreCursor : DataViewRowCursor
{
    private readonly IExceptionContext _context;
    private readonly ScorerSchema _schema;
    private readonly DataViewRowCursor _input;
    private readonly ActiveScores _active;
    private readonly SharedNetwork _network;
    private readonly SequenceRowReader _reader;
    private readonly ColumnBuffer?[] _passed;
    private readonly ColumnBuffer<DataViewRowId> _ids;
    private readonly ServedRow[] _rows;

    private int _count;
    private int _row = -1;
    private long _position = -1;
    private bool _inputEnded;
    private Exception? _failure;
    private bool _disposed;

    public BatchScoreCursor(
        IExceptionContext context, ScorerSchema schema, DataViewRowCursor input, ActiveScores active, SharedNetwork network,
        ScorerSettings settings)
    {
        _context = context;
        _schema = schema;
        _input = input;
        _active = active;
        _network = network;
        _reader = new SequenceRowReader(context, schema.Columns, settings.Shape.MaxTokens, input);
        _rows = new ServedRow[settings.BatchSize];
        _ids = new ColumnBuffer<DataViewRowId>(input.GetIdGetter(), _rows.Length);
        _passed = new ColumnBuffer?[schema.Input.Count];
        foreach (var column in active.Columns)
        {
            if (!schema.IsOwn(column.Index))
                _passed[column.Index] = ColumnBuffer.Create(input, input.Schema[column.Index], _rows.Length);
        }
    }

    public override DataViewSchema Schema => _schema.Output;

    public override long Position => _position;

    public override long Batch => _position >= 0 ? _rows[_row].Batch : _input.Batch;

    public override bool MoveNext()
    {
        if (_row + 1 >= _count && !FillBatch())
        {
            _position = -1;
            return false;
        }

        _row++;
        _position = _rows[_row].Position;
        return true;
    }

    public override bool IsColumnActive(DataViewSchema.Column column) => _active[column];

    public override ValueGetter<DataViewRowId> GetIdGetter() => (ref DataViewRowId id) => id = _ids[Current()];

    public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
    {
        if (!IsColumnActive(column))
            throw _context.InactiveColumn(column.Name);
        var getter = _schema.IsOwn(column.Index)
            ? _schema.CreateGetter(column.Index, CurrentScores)
            : _passed[column.Index]!.CreateGetter(Current);
        return getter as ValueGetter<TValue> ?? throw _context.WrongGetterType(column.Name, column.Type, typeof(TValue));
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing && !_disposed)
        {
            _disposed = true;
            _count = 0;
            _position = -1;
            _input.Dispose();
        }

        base.Dispose(disposing);
    }

    private int Current() => _position >= 0 ? _row : throw _context.NoRow();

    private RowScores CurrentScores()
    {
        ref readonly var row = ref _rows[Current()];
        return row.Scores ?? throw row.Failure!;
    }

    // Reads until the batch is full or the input ends; true if there is at least one row.
    private bool FillBatch()
    {
        // Whatever fails below: there is no current row then.
        (_count, _row, _position) = (0, -1, -1);
        var (readable, places) = (new List<SequenceRow>(), new List<int>());
        while (_count < _rows.Length && TryMoveInput())
        {
            if (ReadRow() is not { } row)
                continue;
            readable.Add(row);
            places.Add(_count - 1);
        }

        if (readable.Count > 0)
            Score(readable, places);
        if (_count > 0)
            return true;
        // Only now have all rows before the failure been served.
        return _failure is null ? false : throw _failure;
    }

    private void Score(List<SequenceRow> rows, List<int> places)
    {
        try
        {
            var scores = _network.Score(rows);
            for (var i = 0; i < scores.Length; i++)
                _rows[places[i]].Scores = scores[i];
        }
        catch (Exception e)
        {
            // The rows of the batch are lost: to go on with the next one would hide it.
            (_count, _inputEnded, _failure) = (0, true, e);
            throw;
        }
    }

    private bool TryMoveInput()
    {
        if (_inputEnded)
            return false;
        try
        {
            _inputEnded = !_input.MoveNext();
        }
        catch (Exception e)
        {
            (_inputEnded, _failure) = (true, e);
        }

        return !_inputEnded;
    }

    private SequenceRow? ReadRow()
    {
        try
        {
            foreach (var column in _passed)
                column?.Read(_count);
            _ids.Read(_count);
        }
        catch (Exception e)
        {
            // A column of the input that cannot be read: no fault of the scorer, and no row to serve.
            (_inputEnded, _failure) = (true, e);
            return null;
        }

        ref var served = ref _rows[_count++];
        served = new ServedRow { Position = _input.Position, Batch = _input.Batch };
        try
        {
            return _reader.Read();
        }
        catch (Exception e)
        {
            served.Failure = e;
            return null;
        }
    }

    private struct ServedRow
    {
        public long Position;
        public long Batch;
        public RowScores? Scores;
        public Exception? Failure;
    }
}
