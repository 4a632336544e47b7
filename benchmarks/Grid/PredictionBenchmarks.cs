using BenchmarkDotNet.Attributes;
using Microsoft.ML;

namespace MlNetNtd.Benchmarks;

/// <summary>A prediction engine, one row at a time, with a reused result object.</summary>
public class PredictionBenchmarks
{
    private JoinedRow _result = new();
    private PredictionEngine<SequenceRow, JoinedRow> _engine = null!;
    private SequenceRow _row = null!;

    [Params(1, 16, 128, 512)]
    public int Tokens { get; set; }

    [Params(EngineKind.Managed, EngineKind.Torch)]
    public EngineKind Engine { get; set; }

    [GlobalSetup]
    public void SetUp()
    {
        var context = new MLContext(seed: 1);
        var shape = new Shape(Tokens, 64);
        var rows = new SequenceView(shape);
        _row = rows.Objects(1).Single();
        var transformer = Transforms.Fit(context.Data.LoadFromEnumerable([_row]), shape, options => options.Engine = Engine, context);
        _engine = context.Model.CreatePredictionEngine<SequenceRow, JoinedRow>(transformer);
    }

    [GlobalCleanup]
    public void Close() => _engine.Dispose();

    [Benchmark]
    public JoinedRow Predict()
    {
        _engine.Predict(_row, ref _result);
        return _result;
    }
}
