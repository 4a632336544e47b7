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
/// before it: its error waits until it is the current row and one of the stage's columns is asked for. Where there are
/// two engines they take turns: one computes the block that is served next while the other one's is read and packed.
/// </remarks>
internal sealed class BlockCursor : DataViewRowCursor
{
    private readonly IExceptionContext _context;
    private readonly StageSchema _schema;
    private readonly DataViewRowCursor _input;
    private readonly ActiveColumns _active;
    private readonly Block[] _blocks;
    private readonly SequenceReader _reader;
    private readonly ColumnBuffer?[] _passed;
    private readonly ColumnBuffer<DataViewRowId> _ids;
    private readonly BlockRow[] _rows;

    // The block that is served, and in _rows the place of its current row and the end of its rows.
    private int _turn = -1;
    private int _row = -1;
    private int _end;
    private long _position = -1;
    private bool _inputEnded;
    private Exception? _failure;
    private bool _disposed;

    public BlockCursor(
        IExceptionContext context, StageSchema schema, DataViewRowCursor input, ActiveColumns active,
        params ReadOnlySpan<IBlockEngine> engines)
    {
        _context = context;
        _schema = schema;
        _input = input;
        _active = active;
        _reader = new SequenceReader(context, schema, input);
        _blocks = new Block[engines.Length];
        for (var i = 0; i < engines.Length; i++)
            _blocks[i] = new Block(engines[i], first: i * engines[i].BlockRows);
        _rows = new BlockRow[engines.Length * engines[0].BlockRows];
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
        if (_row + 1 >= _end && !NextBlock())
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
            (_row, _end, _position) = (-1, 0, -1);
            _input.Dispose();
            foreach (var block in _blocks)
                block.Engine.Dispose();
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
        var editor = CombinedColumn.Edit(ref combined, layout, out var context, out var candidates);
        _blocks[_turn].Engine.CopyTo(_rows[_row].EngineRow, context, candidates);
        combined = editor.Commit();
    }

    private int Current() => _position >= 0 ? _row : throw _context.NoRow();

    private RowLayout CurrentLayout()
    {
        ref readonly var row = ref _rows[Current()];
        return row.Failure is null ? row.Layout : throw row.Failure;
    }

    // Goes on to the next block; true if it has at least one row.
    private bool NextBlock()
    {
        // Whatever fails below: there is no current row then.
        (_row, _end, _position) = (-1, 0, -1);
        _turn = (_turn + 1) % _blocks.Length;
        var block = _blocks[_turn];
        if (!block.IsRead)
            ReadBlock(block);
        block.IsRead = false;
        if (block.Combined > 0)
            RunEngine(block.Engine);
        if (_blocks.Length > 1)
            ReadBlock(_blocks[(_turn + 1) % _blocks.Length]);

        (_row, _end) = (block.First - 1, block.First + block.Count);
        if (block.Count > 0)
            return true;
        // Only now have all rows before the failure been served.
        return _failure is null ? false : throw _failure;
    }

    private void RunEngine(IBlockEngine engine)
    {
        try
        {
            engine.Run();
        }
        catch (Exception e)
        {
            // The rows of the block are lost: to go on with the next one would hide it.
            (_inputEnded, _failure) = (true, e);
            throw;
        }
    }

    // Reads until the block is full or the input ends.
    private void ReadBlock(Block block)
    {
        (block.Count, block.Combined, block.IsRead) = (0, 0, true);
        block.Engine.Clear();
        while (block.Count < block.Engine.BlockRows && TryMoveInput())
            ReadRow(block);
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

    private void ReadRow(Block block)
    {
        var place = block.First + block.Count;
        try
        {
            foreach (var column in _passed)
                column?.Read(place);
            _ids.Read(place);
        }
        catch (Exception e)
        {
            // A column of the input that cannot be read: no fault of this stage, and no row to serve.
            (_inputEnded, _failure) = (true, e);
            return;
        }

        block.Count++;
        ref var row = ref _rows[place];
        row = new BlockRow { Position = _input.Position, Batch = _input.Batch };
        try
        {
            row.Layout = _reader.Read();
            block.Engine.Add(_reader.Previous, _reader.Current, row.Layout.Tokens);
            row.EngineRow = block.Combined++;
        }
        catch (Exception e)
        {
            row.Failure = e;
        }
    }

    /// <summary>One engine's rows.</summary>
    /// <param name="engine">The engine.</param>
    /// <param name="first">The place of the first row among the rows of all blocks.</param>
    private sealed class Block(IBlockEngine engine, int first)
    {
        public IBlockEngine Engine => engine;

        public int First => first;

        /// <summary>Rows read.</summary>
        public int Count { get; set; }

        /// <summary>Rows added to the engine: those without a failure.</summary>
        public int Combined { get; set; }

        /// <summary>Whether it is read and not yet served.</summary>
        public bool IsRead { get; set; }
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
