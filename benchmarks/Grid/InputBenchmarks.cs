using BenchmarkDotNet.Attributes;
using Microsoft.ML;

namespace MlNetNtd.Benchmarks;

/// <summary>
/// Whole passes over typical inputs, including the setup of view and cursor, with one cursor and with two in parallel.
/// </summary>
public class InputBenchmarks
{
    private readonly Shape _shape = new(128, 64);
    private IDataView _objects = null!;
    private IDataView _cached = null!;

    [Params(1_000, 10_000)]
    public int Rows { get; set; }

    [Params(EngineKind.Managed, EngineKind.Torch)]
    public EngineKind Engine { get; set; }

    [GlobalSetup]
    public void SetUp()
    {
        var context = new MLContext(seed: 1);
        var rows = new SequenceView(_shape);
        // ML.NET copies a cached view's rows; the objects share the arrays of the input's pool.
        var objects = context.Data.LoadFromEnumerable(rows.Objects(Rows).ToArray());
        _objects = Transforms.Transform(objects, _shape, Engine);
        _cached = Transforms.Transform(context.Data.Cache(new SequenceView(_shape, Rows)), _shape, Engine);
    }

    [Benchmark(Baseline = true)]
    public void Objects() => Drain(_objects, cursors: 1);

    [Benchmark]
    public void Cached() => Drain(_cached, cursors: 1);

    [Benchmark]
    public void CachedInParallel() => Drain(_cached, cursors: 2);

    private static void Drain(IDataView view, int cursors)
    {
        var columns = CursorDrain.Columns(view.Schema);
        var set = cursors == 1 ? [view.GetRowCursor(columns)] : view.GetRowCursorSet(columns, cursors);
        Parallel.ForEach(set, cursor =>
        {
            using var drain = new CursorDrain("benchmark", cursor, new Outputs());
            drain.Run(int.MaxValue);
        });
    }
}
