using BenchmarkDotNet.Attributes;
using Microsoft.ML;

namespace MlNetNtd.Benchmarks;

/// <summary>A row, by its shape, its engine and the form in which the mask is read.</summary>
public class ShapeBenchmarks : RowServer
{
    private Implementation _combined = null!;
    private Implementation _combinedAndMask = null!;

    [Params(1, 16, 128, 512)]
    public int Tokens { get; set; }

    [Params(16, 64, 256)]
    public int Dimension { get; set; }

    [Params(EngineKind.Managed, EngineKind.Torch)]
    public EngineKind Engine { get; set; }

    private IDataView _annotated = null!;
    private bool[]? _mask;

    [GlobalSetup]
    public void SetUp()
    {
        var shape = new Shape(Tokens, Dimension);
        var input = new SequenceView(shape);
        _annotated = Transforms.Fit(input, shape, options => (options.Engine, options.MaskColumnName) = (Engine, null)).Transform(input);
        _combined = Open(_annotated);
        _combinedAndMask = Open(Transforms.Transform(input, shape, Engine));
    }

    [Benchmark(OperationsPerInvoke = Rows, Baseline = true)]
    public void Combined() => _combined.Run(Rows);

    [Benchmark(OperationsPerInvoke = Rows)]
    public void CombinedAndMaskColumn() => _combinedAndMask.Run(Rows);

    /// <summary>The mask is read from the annotation once for all rows.</summary>
    [Benchmark(OperationsPerInvoke = Rows)]
    public bool[]? CombinedAndMaskAnnotation()
    {
        _annotated.Schema.TryGetAttentionMask(NextTokenDiscriminatorEstimator.Defaults.OutputColumnName, out _mask);
        _combined.Run(Rows);
        return _mask;
    }
}
