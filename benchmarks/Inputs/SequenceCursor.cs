using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetNtd.Benchmarks;

/// <summary>A cursor over a <see cref="SequenceView"/>, or over every n-th batch of its rows.</summary>
internal sealed class SequenceCursor : DataViewRowCursor
{
    private readonly SequenceView _view;
    private readonly bool[] _active;
    private readonly int _index;
    private readonly int _count;
    private long _position = -1;
    private long _row = -1;

    public SequenceCursor(SequenceView view, IEnumerable<DataViewSchema.Column> columnsNeeded, int index, int count)
    {
        _view = view;
        _active = new bool[view.Schema.Count];
        foreach (var column in columnsNeeded)
            _active[column.Index] = true;
        (_index, _count) = (index, count);
    }

    public override DataViewSchema Schema => _view.Schema;

    public override long Position => _position;

    public override long Batch => Math.Max(0, _row) / SequenceView.BatchRows;

    public override bool MoveNext()
    {
        var next = _position + 1;
        var batch = next / SequenceView.BatchRows * _count + _index;
        _row = batch * SequenceView.BatchRows + next % SequenceView.BatchRows;
        _position = _row < _view.Rows ? next : -1;
        return _position >= 0;
    }

    public override bool IsColumnActive(DataViewSchema.Column column) => _active[column.Index];

    public override ValueGetter<DataViewRowId> GetIdGetter() => (ref DataViewRowId id) => id = new DataViewRowId((ulong)_row, 0);

    public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
    {
        var index = column.Index;
        ValueGetter<VBuffer<float>> getter = (ref VBuffer<float> vector) =>
        {
            var values = _view.Values(_row, index);
            var editor = VBufferEditor.Create(ref vector, values.Length);
            values.CopyTo(editor.Values);
            vector = editor.Commit();
        };
        return (ValueGetter<TValue>)(object)getter;
    }
}
