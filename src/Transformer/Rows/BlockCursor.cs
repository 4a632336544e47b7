using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace MlNetNtd;

/// <summary>
/// A cursor that reads a block of rows ahead, has the engine combine them at once, and serves them one by one.
/// </summary>
/// <remarks>
/// The input is further on than the row being served, so everything else about a row (passed-through columns, row
/// id, batch, its sizes) is kept from the time when it was read. A row that cannot be read does not spoil those
/// before it: its error waits until it is the current row and one of the stage's columns is asked for.
/// </remarks>
internal sealed class BlockCursor : DataViewRowCursor
{
    private readonly IExceptionContext _context;
    private readonly StageSchema _schema;
    private readonly DataViewRowCursor _input;
    private readonly ActiveColumns _active;
    private readonly ICombineEngine _engine;
    private readonly SequenceReader _reader;
    private readonly ColumnBuffer?[] _passed;
    private readonly ColumnBuffer<DataViewRowId> _ids;
    private readonly BlockRow[] _rows;

    private int _count;
    private int _row = -1;
    private long _position = -1;
    private bool _inputEnded;
    private Exception? _inputFailure;
    private bool _disposed;

    public BlockCursor(
        IExceptionContext context, StageSchema schema, DataViewRowCursor input, ActiveColumns active, ICombineEngine engine)
    {
        _context = context;
        _schema = schema;
        _input = input;
        _active = active;
        _engine = engine;
        _reader = new SequenceReader(context, schema, input);
        _rows = new BlockRow[engine.BlockRows];
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
        if (_row + 1 >= _count && !FillBlock())
        {
            _position = -1;
            return false;
        }

        _row++;
        _position = _rows[_row].Position;
        return true;
    }

    public override bool IsColumnActive(DataViewSchema.Column column) =>
        column.Index < _schema.Output.Count && _active[column.Index];

    public override ValueGetter<DataViewRowId> GetIdGetter() => (ref DataViewRowId id) => id = _ids[Current()];

    public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
    {
        if (!IsColumnActive(column))
            throw _context.InactiveColumn(column.Name);
        var getter = _schema.IsOwn(column.Index) ? OwnGetter(column.Index) : _passed[column.Index]!.CreateGetter(Current);
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
            _engine.Dispose();
        }

        base.Dispose(disposing);
    }

    private Delegate OwnGetter(int index)
    {
        if (index == _schema.CombinedIndex)
            return (ValueGetter<VBuffer<float>>)WriteCombined;
        return index == _schema.MaskIndex
            ? _schema.Mask.CreateGetter(_schema.Known, CurrentLayout)
            : (ValueGetter<int>)((ref int tokens) => tokens = CurrentLayout().Tokens);
    }

    private void WriteCombined(ref VBuffer<float> combined)
    {
        var layout = CurrentLayout();
        CombinedColumn.Write(ref combined, _engine, _rows[_row].EngineRow, layout);
    }

    private int Current() => _position >= 0 ? _row : throw _context.NoRow();

    private RowLayout CurrentLayout()
    {
        ref readonly var row = ref _rows[Current()];
        return row.Failure is null ? row.Layout : throw row.Failure;
    }

    // Reads until the block is full or the input ends; true if there is at least one row.
    private bool FillBlock()
    {
        _count = 0;
        _row = -1;
        _engine.Clear();
        var combined = 0;
        while (_count < _rows.Length && TryMoveInput())
            ReadRow(ref combined);

        if (combined > 0)
            _engine.Run();
        if (_count > 0)
            return true;
        // Only now have all rows before the failure been served.
        return _inputFailure is null ? false : throw _inputFailure;
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
            (_inputEnded, _inputFailure) = (true, e);
        }

        return !_inputEnded;
    }

    private void ReadRow(ref int combined)
    {
        try
        {
            foreach (var column in _passed)
                column?.Read(_count);
            _ids.Read(_count);
        }
        catch (Exception e)
        {
            // A column of the input that cannot be read: no fault of this stage, and no row to serve.
            (_inputEnded, _inputFailure) = (true, e);
            return;
        }

        ref var row = ref _rows[_count++];
        row = new BlockRow { Position = _input.Position, Batch = _input.Batch };
        try
        {
            row.Layout = _reader.Read();
            _engine.Add(_reader.Previous, _reader.Current, row.Layout.Tokens);
            row.EngineRow = combined++;
        }
        catch (Exception e)
        {
            row.Failure = e;
        }
    }

    private struct BlockRow
    {
        public long Position;
        public long Batch;
        public RowLayout Layout;
        public int EngineRow;
        public Exception? Failure;
    }
}
