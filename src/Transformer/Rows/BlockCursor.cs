using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace MlNetNtd;

/// <summary>
/// A cursor that has an engine combine a block of rows at once. Where there are two engines, one computes the block that
/// is served next while the other one's is read and packed.
/// </summary>
internal sealed class BlockCursor : BufferedCursor
{
    private readonly BoundTransformSchema _schema;
    private readonly SequencePairReader _reader;
    private readonly IBlockEngine[] _engines;

    // By the place of a row: its sizes, and which row of its engine it is.
    private readonly RowLayout[] _layouts;
    private readonly int[] _engineRows;

    // Rows added to each engine since its block began.
    private readonly int[] _added;

    public BlockCursor(
        IExceptionContext context, BoundTransformSchema schema, DataViewRowCursor input, ActiveColumns active,
        params ReadOnlySpan<IBlockEngine> engines)
        : base(context, schema, input, active, engines[0].BlockRows, engines.Length)
    {
        _schema = schema;
        _reader = new SequencePairReader(context, schema, input);
        _engines = engines.ToArray();
        _layouts = new RowLayout[engines.Length * engines[0].BlockRows];
        _engineRows = new int[_layouts.Length];
        _added = new int[engines.Length];
    }

    protected override Delegate GetAddedGetter(int index)
    {
        if (index == _schema.CombinedIndex)
            return (ValueGetter<VBuffer<float>>)WriteCombined;
        return _schema.CreateMaskOrCountGetter(index, () => _layouts[CurrentComputedIndex()]);
    }

    protected override void ResetBlock(int block)
    {
        _engines[block].Clear();
        _added[block] = 0;
    }

    protected override void Read(int block, int place)
    {
        _layouts[place] = _reader.Read();
        _engines[block].Add(_reader.Previous, _reader.Current, _layouts[place].Tokens);
        _engineRows[place] = _added[block]++;
    }

    protected override void ComputeRows(int block) => _engines[block].Run();

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        if (!disposing)
            return;
        foreach (var engine in _engines)
            engine.Dispose();
    }

    private void WriteCombined(ref VBuffer<float> combined)
    {
        var place = CurrentComputedIndex();
        var editor = CombinedLayout.Edit(ref combined, _layouts[place], out var context, out var candidates);
        _engines[place / _engines[0].BlockRows].CopyTo(_engineRows[place], context, candidates);
        combined = editor.Commit();
    }
}
