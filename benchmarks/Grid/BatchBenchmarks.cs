using System.Runtime.InteropServices;
using BenchmarkDotNet.Attributes;
using Microsoft.ML;
using Microsoft.ML.Data;
using TorchSharp;

namespace MlNetNtd.Benchmarks;

/// <summary>Batches of tensors for a training loop: with ToBatches, and by hand from the combined column.</summary>
public class BatchBenchmarks
{
    private const int Rows = 1024;
    private const int BatchSize = 64;

    private readonly Shape _shape = new(128, 64);
    private SequenceView _input = null!;
    private NextTokenDiscriminatorTransformer _transformer = null!;
    private IDataView _columns = null!;

    [GlobalSetup]
    public void SetUp()
    {
        _input = new SequenceView(_shape, Rows);
        _transformer = Transforms.Fit(_input, _shape);
        _columns = _transformer.Transform(_input);
    }

    [Benchmark(OperationsPerInvoke = Rows, Baseline = true)]
    public long ToBatches()
    {
        var rows = 0L;
        foreach (var batch in _transformer.ToBatches(_input, new SequenceBatchOptions { BatchSize = BatchSize }))
        {
            using (batch)
                rows += batch.Rows;
        }

        return rows;
    }

    [Benchmark(OperationsPerInvoke = Rows)]
    public long ColumnsByHand()
    {
        var schema = _columns.Schema;
        using var cursor = _columns.GetRowCursor(CursorDrain.Columns(schema));
        var getter = cursor.GetGetter<VBuffer<float>>(schema[NextTokenDiscriminatorEstimator.Defaults.OutputColumnName]);
        var combined = default(VBuffer<float>);
        var rows = 0L;
        var more = cursor.MoveNext();
        while (more)
        {
            using var batch = torch.empty(BatchSize, 2 * _shape.Tokens, _shape.Dimension);
            var values = MemoryMarshal.Cast<byte, float>(batch.bytes);
            for (var row = 0; row < BatchSize && more; row++, rows++, more = cursor.MoveNext())
            {
                getter(ref combined);
                combined.GetValues().CopyTo(values[(row * 2 * _shape.HalfValues)..]);
            }
        }

        return rows;
    }
}
