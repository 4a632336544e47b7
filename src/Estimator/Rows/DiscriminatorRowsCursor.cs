using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetNtd;

/// <summary>Reads all rows, or every n-th batch of them. A row is made when the first of its values is asked for.</summary>
internal sealed class DiscriminatorRowsCursor : DataViewRowCursor
{
    private readonly DiscriminatorRowsView _view;
    private readonly ActiveColumns _active;
    private readonly int[]? _order;
    private readonly int _index;
    private readonly int _count;
    private readonly DiscriminatorRow _row;

    private long _place = -1;
    private long _position = -1;
    private bool _isOver;

    /// <param name="view">The rows.</param>
    /// <param name="active">What may be read.</param>
    /// <param name="order">The order of rows; null: as they are.</param>
    /// <param name="index">Which cursor of a set this is.</param>
    /// <param name="count">How many they are.</param>
    public DiscriminatorRowsCursor(DiscriminatorRowsView view, ActiveColumns active, int[]? order, int index = 0, int count = 1)
    {
        (_view, _active, _order, _index, _count) = (view, active, order, index, count);
        _row = new DiscriminatorRow(view);
    }

    public override DataViewSchema Schema => _view.Schema;

    public override long Position => _position;

    public override long Batch => Math.Max(0, _place) / DiscriminatorRowsView.BatchRows;

    public override bool MoveNext()
    {
        if (_isOver)
            return false;
        _place++;
        // Behind the last row of a batch, to the next batch of this cursor.
        if (_place % DiscriminatorRowsView.BatchRows == 0)
        {
            var batch = _place / DiscriminatorRowsView.BatchRows;
            var own = _position < 0 ? _index : batch - 1 + _count;
            _place = own * DiscriminatorRowsView.BatchRows;
        }

        if (_place >= _view.Rows)
        {
            (_isOver, _position) = (true, -1);
            return false;
        }

        _position++;
        _row.MoveTo(_order is null ? _place : _order[_place]);
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
