using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace MlNetNtd;

/// <summary>Creates getters of the transform's columns that combine the current row when they are called.</summary>
internal sealed class CombinedRowGetters : RowGetters
{
    private readonly IExceptionContext _context;
    private readonly BoundTransformSchema _schema;
    private readonly DataViewRow _input;
    private readonly ICombineEngine _engine;
    private readonly SequencePairReader? _reader;

    public CombinedRowGetters(
        IExceptionContext context, BoundTransformSchema schema, DataViewRow input, ActiveColumns active, ICombineEngine engine)
        : base(context, schema, input, active)
    {
        _context = context;
        _schema = schema;
        _input = input;
        _engine = engine;
        var readsSequences = active.Columns.Any(column => schema.IsAdded(column.Index) && schema.NeedsSequences(column.Index));
        _reader = readsSequences ? new SequencePairReader(context, schema, input) : null;
    }

    protected override void DisposeResources() => _engine.Dispose();

    protected override Delegate GetAddedGetter(int index)
    {
        if (index == _schema.CombinedIndex)
            return (ValueGetter<VBuffer<float>>)WriteCombined;
        return _schema.CreateMaskOrCountGetter(index, CurrentLayout);
    }

    private void WriteCombined(ref VBuffer<float> combined)
    {
        var layout = CurrentLayout();
        var editor = CombinedLayout.Edit(ref combined, layout, out var context, out var candidates);
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
