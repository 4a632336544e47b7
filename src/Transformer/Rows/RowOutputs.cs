using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace MlNetNtd;

/// <summary>
/// The columns of a row that is computed when it is asked for, with no look-ahead: of a streaming cursor, and of
/// the row that a prediction engine maps.
/// </summary>
internal sealed class RowOutputs
{
    private readonly IExceptionContext _context;
    private readonly StageSchema _schema;
    private readonly DataViewRow _input;
    private readonly ActiveColumns _active;
    private readonly ICombineEngine _engine;
    private readonly SequenceReader? _reader;

    public RowOutputs(
        IExceptionContext context, StageSchema schema, DataViewRow input, ActiveColumns active, ICombineEngine engine)
    {
        _context = context;
        _schema = schema;
        _input = input;
        _active = active;
        _engine = engine;
        _reader = active.ReadsSequences ? new SequenceReader(context, schema, input) : null;
    }

    /// <summary>A getter of an output column, typed as the column.</summary>
    public ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
    {
        if (!IsActive(column))
            throw _context.InactiveColumn(column.Name);
        // A column of the input has the same index here, and its getter is the input's own.
        if (!_schema.IsOwn(column.Index))
            return _input.GetGetter<TValue>(_input.Schema[column.Index]);
        return OwnGetter(column.Index) as ValueGetter<TValue>
            ?? throw _context.WrongGetterType(column.Name, column.Type, typeof(TValue));
    }

    public bool IsActive(DataViewSchema.Column column) =>
        column.Index < _schema.Output.Count && _active[column.Index];

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
        _engine.Combine(_reader!.Previous, _reader.Current, context, candidates);
        combined = editor.Commit();
    }

    private RowLayout CurrentLayout()
    {
        if (_reader is not null)
            return _reader.Read();
        return _input.Position >= 0 ? _schema.Known!.Value : throw _context.NoRow();
    }
}
