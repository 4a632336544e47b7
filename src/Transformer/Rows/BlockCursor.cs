using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;

namespace MlNetNtd;

/// <summary>
/// A cursor whose engine combines a block of rows at once. With two engines, one computes the next block to serve while the
/// following block is read and packed into the other.
/// </summary>
internal sealed class BlockCursor : BufferedCursor
{
    private readonly BoundTransformSchema _schema;
    private readonly SequencePairReader _reader;
    private readonly IBlockEngine[] _engines;

    // By the index of a row among the rows of all blocks: its layout, and its index in its engine.
    private readonly RowLayout[] _layouts;
    private readonly int[] _engineRows;

    // The number of rows in each engine.
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

    protected override void Read(int block, int rowIndex)
    {
        _layouts[rowIndex] = _reader.Read();
        _engines[block].Add(_reader.Previous, _reader.Current, _layouts[rowIndex].Tokens);
        _engineRows[rowIndex] = _added[block]++;
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
        var rowIndex = CurrentComputedIndex();
        var editor = CombinedLayout.Edit(ref combined, _layouts[rowIndex], out var context, out var candidates);
        _engines[rowIndex / _engines[0].BlockRows].CopyTo(_engineRows[rowIndex], context, candidates);
        combined = editor.Commit();
    }
}
