using BenchmarkDotNet.Attributes;

namespace MlNetNtd.Benchmarks;

/// <summary>Rows of T tokens, rows of 1 to T tokens (T / 2 on average), and the latter padded to T.</summary>
public class LengthBenchmarks : RowServer
{
    private Implementation _fixed = null!;
    private Implementation _variable = null!;
    private Implementation _padded = null!;

    [Params(16, 128, 512)]
    public int Tokens { get; set; }

    [Params(EngineKind.Managed, EngineKind.Torch)]
    public EngineKind Engine { get; set; }

    [GlobalSetup]
    public void SetUp()
    {
        var shape = new Shape(Tokens, 64);
        var (known, variable) = (new SequenceView(shape), new SequenceView(shape, variableLength: true));
        _fixed = Open(Transforms.Transform(known, shape, Engine));
        _variable = Open(Transforms.Transform(variable, shape, Engine));
        _padded = Open(Transforms.Fit(variable, shape, options => (options.Engine, options.PadToMaxTokens) = (Engine, true)).Transform(variable));
    }

    [Benchmark(OperationsPerInvoke = Rows, Baseline = true)]
    public void Fixed() => _fixed.Run(Rows);

    [Benchmark(OperationsPerInvoke = Rows)]
    public void Variable() => _variable.Run(Rows);

    [Benchmark(OperationsPerInvoke = Rows)]
    public void Padded() => _padded.Run(Rows);
}
