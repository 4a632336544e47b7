using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace MlNetNtd;

/// <summary>A cursor that reads a block of rows ahead, computes the block at once, and serves its rows one by one.</summary>
/// <remarks>
/// The input is ahead of the current row, so the cursor buffers everything else about a row (passed-through columns, row
/// id, batch) when it reads it. A row that cannot be read does not affect the rows before it: its error is thrown when it
/// is the current row and an added column is read. With several blocks, the next block to serve is computed while the one
/// after it is read.
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

    // The block being served, and the indices in _rows of its current row and of the end of its rows.
    private int _current = -1;
    private int _row = -1;
    private int _end;
    private long _position = -1;
    private bool _inputEnded;
    private Exception? _failure;
    private bool _disposed;

    /// <summary>Creates a cursor over the rows of another cursor.</summary>
    /// <param name="context">Marks errors.</param>
    /// <param name="schema">The columns.</param>
    /// <param name="input">The rows. This cursor disposes it.</param>
    /// <param name="active">The active columns.</param>
    /// <param name="blockRows">The rows of a block.</param>
    /// <param name="blocks">The number of blocks that are used in turn.</param>
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

    /// <summary>Creates a getter of an added column, for the row at <see cref="CurrentComputedIndex"/>.</summary>
    protected abstract Delegate GetAddedGetter(int index);

    /// <summary>Removes all rows from a block.</summary>
    protected abstract void ResetBlock(int block);

    /// <summary>Reads the input's current row into a block.</summary>
    /// <param name="block">The block, which has space for it.</param>
    /// <param name="rowIndex">The row's index among the rows of all blocks.</param>
    /// <exception cref="Exception">The row cannot be read. The error is thrown when an added column of the row is read.</exception>
    protected abstract void Read(int block, int rowIndex);

    /// <summary>Computes the rows in a block, of which there is at least one.</summary>
    protected abstract void ComputeRows(int block);

    /// <summary>Gets the index of the current row among the rows of all blocks, to read its added columns.</summary>
    /// <exception cref="Exception">There is no current row, or it could not be read.</exception>
    protected int CurrentComputedIndex()
    {
        var rowIndex = CurrentIndex();
        return _rows[rowIndex].Failure is { } failure ? throw failure : rowIndex;
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

    // Moves to the next block; true if it has at least one row.
    private bool NextBlock()
    {
        // If anything below fails, there is no current row.
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
        // All rows before the failure have been served.
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

    // The rows of the block are lost. Moving on to the next block would hide that.
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

    private void ReadRow(int blockIndex, ref Block block)
    {
        var rowIndex = blockIndex * _blockRows + block.Count;
        try
        {
            foreach (var column in _passed)
                column?.Read(rowIndex);
            _ids.Read(rowIndex);
        }
        catch (Exception e)
        {
            // The input itself cannot be read, so there is no row to serve.
            (_inputEnded, _failure) = (true, e);
            return;
        }

        block.Count++;
        ref var row = ref _rows[rowIndex];
        row = new BufferedRow { Position = _input.Position, Batch = _input.Batch };
        try
        {
            Read(blockIndex, rowIndex);
            block.ReadableCount++;
        }
        catch (Exception e)
        {
            row.Failure = e;
        }
    }

    private struct Block
    {
        /// <summary>The number of rows read, including those that failed.</summary>
        public int Count;

        /// <summary>The number of rows read without a failure.</summary>
        public int ReadableCount;

        /// <summary>Whether the block is read and not yet served.</summary>
        public bool IsRead;
    }

    private struct BufferedRow
    {
        public long Position;
        public long Batch;
        public Exception? Failure;
    }
}
