using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetNtd.Tests;

/// <summary>A cursor over a <see cref="TestView"/>; in a set, over every n-th batch of it.</summary>
internal sealed class TestCursor : DataViewRowCursor
{
    private readonly TestView _view;
    private readonly bool[] _active;
    private readonly int _index;
    private readonly int _count;
    private long _row = -1;
    private long _position = -1;
    private bool _ended;
    private bool _disposed;

    public TestCursor(TestView view, bool[] active, int index, int count)
    {
        (_view, _active, _index, _count) = (view, active, index, count);
        Schema = view.Schema;
    }

    public override DataViewSchema Schema { get; }

    public override long Position => _position;

    public override long Batch => _row < 0 ? 0 : _row / _view.BatchRows;

    public override bool MoveNext()
    {
        if (_disposed)
            Assert.Fail("MoveNext was called on a disposed cursor.");
        if (_ended)
            return false;

        do
        {
            _row++;
        }
        while (_row < _view.Rows && _row / _view.BatchRows % _count != _index);

        if (_row == _view.MoveNextFailsAt)
            throw new IOException($"The input broke at row {_row}.");
        if (_row >= _view.Rows)
        {
            (_ended, _position) = (true, -1);
            return false;
        }

        _position++;
        _view.CountMove();
        return true;
    }

    public override bool IsColumnActive(DataViewSchema.Column column) => _active[column.Index];

    public override ValueGetter<DataViewRowId> GetIdGetter() =>
        (ref DataViewRowId id) => id = new DataViewRowId((ulong)CurrentRow(), 5);

    public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
    {
        Assert.IsTrue(_active[column.Index], $"A getter of '{column.Name}' was asked for, and the column was not.");
        if (column.Name == _view.GetterFailsOf)
            throw new IOException($"The input has no '{column.Name}'.");
        var typed = _view[column.Index] as TestColumn<TValue>
            ?? throw new InvalidOperationException($"'{column.Name}' has no values of type {typeof(TValue)}.");
        return (ref TValue value) => typed.Fill(CurrentRow(), ref value);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            (_disposed, _position) = (true, -1);
            _view.CountDispose();
        }

        base.Dispose(disposing);
    }

    private long CurrentRow()
    {
        // Not by Assert's comparisons: this runs where allocations are counted.
        if (_disposed)
            Assert.Fail("A value was read from a disposed cursor.");
        if (_position < 0)
            Assert.Fail("A value was read where there is no row.");
        return _row;
    }
}
