using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetNtd;

/// <summary>Reads all rows, or every n-th batch of them. A row's values are computed when they are first read.</summary>
internal sealed class DiscriminatorRowsCursor : DataViewRowCursor
{
    private readonly DiscriminatorRowsView _view;
    private readonly ActiveColumns _active;
    private readonly int[]? _order;
    private readonly int _index;
    private readonly int _count;
    private readonly DiscriminatorRow _row;

    // The index in the order of rows; _position counts the rows of this cursor.
    private long _rowIndex = -1;
    private long _position = -1;
    private bool _isOver;

    /// <param name="view">The rows.</param>
    /// <param name="active">The active columns.</param>
    /// <param name="order">The order of the rows; null for their natural order.</param>
    /// <param name="index">The index of this cursor in its set.</param>
    /// <param name="count">The number of cursors in the set.</param>
    public DiscriminatorRowsCursor(DiscriminatorRowsView view, ActiveColumns active, int[]? order, int index = 0, int count = 1)
    {
        (_view, _active, _order, _index, _count) = (view, active, order, index, count);
        _row = new DiscriminatorRow(view);
    }

    public override DataViewSchema Schema => _view.Schema;

    public override long Position => _position;

    public override long Batch => Math.Max(0, _rowIndex) / DiscriminatorRowsView.BatchRows;

    public override bool MoveNext()
    {
        if (_isOver)
            return false;
        _rowIndex++;
        // After the last row of a batch, moves to the next batch of this cursor.
        if (_rowIndex % DiscriminatorRowsView.BatchRows == 0)
        {
            var batch = _rowIndex / DiscriminatorRowsView.BatchRows;
            var own = _position < 0 ? _index : batch - 1 + _count;
            _rowIndex = own * DiscriminatorRowsView.BatchRows;
        }

        if (_rowIndex >= _view.Rows)
        {
            (_isOver, _position) = (true, -1);
            return false;
        }

        _position++;
        _row.MoveTo(_order is null ? _rowIndex : _order[_rowIndex]);
        return true;
    }

    public override bool IsColumnActive(DataViewSchema.Column column) => _active[column.Index];

    public override ValueGetter<DataViewRowId> GetIdGetter() => (ref DataViewRowId id) =>
    {
        CheckRow();
        id = new DataViewRowId((ulong)_row.Number, 0);
    };

    public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
    {
        if (!_active[column.Index])
            throw _view.Context.InactiveColumn(column.Name);
        var (name, options) = (_view.Schema[column.Index].Name, _view.Options);
        Delegate getter =
            name == options.PreviousColumnName ? Getter<VBuffer<float>>(_row.GetPrevious)
            : name == options.CurrentColumnName ? Getter<VBuffer<float>>(_row.GetCurrent)
            : name == options.LabelColumnName ? Getter<bool>(_row.GetLabel)
            : name == options.TokenLabelColumnName ? Getter<VBuffer<bool>>(_row.GetTokenLabels)
            : Getter<long>(_row.GetGroup);
        return getter as ValueGetter<TValue> ?? throw _view.Context.WrongGetterType(column.Name, column.Type, typeof(TValue));
    }

    protected override void Dispose(bool disposing)
    {
        (_isOver, _position) = (true, -1);
        base.Dispose(disposing);
    }

    private ValueGetter<T> Getter<T>(ValueGetter<T> get) => (ref T value) =>
    {
        CheckRow();
        get(ref value);
    };

    private void CheckRow()
    {
        if (_position < 0)
            throw _view.Context.NoRow();
    }
}
