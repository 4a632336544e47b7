using BenchmarkDotNet.Attributes;
using Microsoft.ML;

namespace MlNetNtd.Benchmarks;

/// <summary>One row at a time through a prediction engine, into the same object.</summary>
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
        var stage = Stages.Fit(context.Data.LoadFromEnumerable([_row]), shape, options => options.Engine = Engine, context);
        _engine = context.Model.CreatePredictionEngine<SequenceRow, JoinedRow>(stage);
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
