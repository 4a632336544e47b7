using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace MlNetNtd;

/// <summary>A cursor that reads a block of rows ahead, has them computed at once, and serves them one by one.</summary>
/// <remarks>
/// The input is further on than the row being served, so everything else about a row (passed-through columns, row
/// id, batch) is kept from the time when it was read. A row that cannot be read does not spoil those before it: its
/// error waits until it is the current row and one of the own columns is asked for. Where there are several blocks they
/// take turns: the one that is served next is computed while the one after it is read.
/// </remarks>
internal abstract class BufferedCursor : DataViewRowCursor
{
    private readonly IExceptionContext _context;
    private readonly AppendingSchema _schema;
    private readonly DataViewRowCursor _input;
    private readonly ActiveColumns _active;
    private readonly ColumnBuffer?[] _passed;
    private readonly ColumnBuffer<DataViewRowId> _ids;
    private readonly int _blockRows;
    private readonly Block[] _blocks;
    private readonly BufferedRow[] _rows;

    // The block that is served, and in _rows the place of its current row and the end of its rows.
    private int _current = -1;
    private int _row = -1;
    private int _end;
    private long _position = -1;
    private bool _inputEnded;
    private Exception? _failure;
    private bool _disposed;

    /// <summary>A cursor over the rows of another.</summary>
    /// <param name="context">Where errors are marked.</param>
    /// <param name="schema">The columns.</param>
    /// <param name="input">The rows. It is disposed with this cursor.</param>
    /// <param name="active">The columns asked for.</param>
    /// <param name="blockRows">Rows read at once.</param>
    /// <param name="blocks">How many blocks take turns.</param>
    protected BufferedCursor(
        IExceptionContext context, AppendingSchema schema, DataViewRowCursor input, ActiveColumns active, int blockRows, int blocks)
    {
        _context = context;
        _schema = schema;
        _input = input;
        _active = active;
        _blockRows = blockRows;
        _blocks = new Block[blocks];
        _rows = new BufferedRow[blocks * blockRows];
        _ids = new ColumnBuffer<DataViewRowId>(input.GetIdGetter(), _rows.Length);
        _passed = new ColumnBuffer?[schema.Input.Count];
        foreach (var column in active.Columns)
        {
            if (!schema.IsAdded(column.Index))
                _passed[column.Index] = ColumnBuffer.Create(input, input.Schema[column.Index], _rows.Length);
        }
    }

    public override DataViewSchema Schema => _schema.Output;

    public override long Position => _position;

    public override long Batch => _position >= 0 ? _rows[_row].Batch : _input.Batch;

    public override bool MoveNext()
    {
        if (_row + 1 >= _end && !NextBlock())
        {
            _position = -1;
            return false;
        }

        _row++;
        _position = _rows[_row].Position;
        return true;
    }

    public override bool IsColumnActive(DataViewSchema.Column column) => _active[column.Index];

    public override ValueGetter<DataViewRowId> GetIdGetter() => (ref DataViewRowId id) => id = _ids[CurrentIndex()];

    public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
    {
        if (!IsColumnActive(column))
            throw _context.InactiveColumn(column.Name);
        var getter = _schema.IsAdded(column.Index) ? GetAddedGetter(column.Index) : _passed[column.Index]!.CreateGetter(CurrentIndex);
        return getter as ValueGetter<TValue> ?? throw _context.WrongGetterType(column.Name, column.Type, typeof(TValue));
    }

    /// <summary>A getter of an own column, over the row at <see cref="CurrentComputedIndex"/>.</summary>
    protected abstract Delegate GetAddedGetter(int index);

    /// <summary>Forgets a block's rows.</summary>
    protected abstract void ResetBlock(int block);

    /// <summary>Reads the input's current row into a block.</summary>
    /// <param name="block">The block, which has room for it.</param>
    /// <param name="place">The row's place among the rows of all blocks.</param>
    /// <exception cref="Exception">It cannot be read. That is kept for those who ask for an own column of the row.</exception>
    protected abstract void Read(int block, int place);

    /// <summary>Computes the rows that were read into a block; at least one was.</summary>
    protected abstract void ComputeRows(int block);

    /// <summary>The place of the current row, whose own columns are asked for.</summary>
    /// <exception cref="Exception">There is no current row, or it could not be read.</exception>
    protected int CurrentComputedIndex()
    {
        var place = CurrentIndex();
        return _rows[place].Failure is { } failure ? throw failure : place;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing && !_disposed)
        {
            _disposed = true;
            (_row, _end, _position) = (-1, 0, -1);
            _input.Dispose();
        }

        base.Dispose(disposing);
    }

    private int CurrentIndex() => _position >= 0 ? _row : throw _context.NoRow();

    // Goes on to the next block; true if it has at least one row.
    private bool NextBlock()
    {
        // Whatever fails below: there is no current row then.
        (_row, _end, _position) = (-1, 0, -1);
        _current = (_current + 1) % _blocks.Length;
        if (!_blocks[_current].IsRead)
            ReadBlock(_current);
        _blocks[_current].IsRead = false;
        if (_blocks[_current].ReadableCount > 0)
            ComputeBlock(_current);
        if (_blocks.Length > 1)
            ReadBlock((_current + 1) % _blocks.Length);

        var first = _current * _blockRows;
        (_row, _end) = (first - 1, first + _blocks[_current].Count);
        if (_blocks[_current].Count > 0)
            return true;
        // Only now have all rows before the failure been served.
        return _failure is null ? false : throw _failure;
    }

    private void BeginBlock(int block)
    {
        try
        {
            ResetBlock(block);
        }
        catch (Exception e)
        {
            End(e);
            throw;
        }
    }

    private void ComputeBlock(int block)
    {
        try
        {
            ComputeRows(block);
        }
        catch (Exception e)
        {
            End(e);
            throw;
        }
    }

    // The rows of a block are lost: to go on with the next one would hide it.
    private void End(Exception failure) => (_inputEnded, _failure) = (true, failure);

    // Reads until the block is full or the input ends.
    private void ReadBlock(int index)
    {
        ref var block = ref _blocks[index];
        block = new Block { IsRead = true };
        BeginBlock(index);
        while (block.Count < _blockRows && TryMoveInput())
            ReadRow(index, ref block);
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

    private void ReadRow(int index, ref Block block)
    {
        var place = index * _blockRows + block.Count;
        try
        {
            foreach (var column in _passed)
                column?.Read(place);
            _ids.Read(place);
        }
        catch (Exception e)
        {
            // A column of the input that cannot be read: no fault of the own columns, and no row to serve.
            (_inputEnded, _failure) = (true, e);
            return;
        }

        block.Count++;
        ref var row = ref _rows[place];
        row = new BufferedRow { Position = _input.Position, Batch = _input.Batch };
        try
        {
            Read(index, place);
            block.ReadableCount++;
        }
        catch (Exception e)
        {
            row.Failure = e;
        }
    }

    private struct Block
    {
        /// <summary>Rows read, with or without a failure.</summary>
        public int Count;

        /// <summary>Rows without a failure.</summary>
        public int ReadableCount;

        /// <summary>Whether it is read and not yet served.</summary>
        public bool IsRead;
    }

    private struct BufferedRow
    {
        public long Position;
        public long Batch;
        public Exception? Failure;
    }
}
