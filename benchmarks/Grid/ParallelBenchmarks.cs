using BenchmarkDotNet.Attributes;

namespace MlNetNtd.Benchmarks;

/// <summary>The cursors of one set, each on its own thread.</summary>
public class ParallelBenchmarks : RowServer
{
    private Implementation _rows = null!;

    [Params(16, 128, 512)]
    public int Tokens { get; set; }

    [Params(EngineKind.Managed, EngineKind.Torch)]
    public EngineKind Engine { get; set; }

    [Params(1, 2, 4)]
    public int Cursors { get; set; }

    [GlobalSetup]
    public void SetUp()
    {
        var shape = new Shape(Tokens, 64);
        _rows = OpenParallel(Transforms.Transform(new SequenceView(shape) { Cursors = Cursors }, shape, Engine), Cursors);
    }

    [Benchmark(OperationsPerInvoke = 4 * Rows)]
    public void Rows4096() => _rows.Run(4 * Rows);
}
