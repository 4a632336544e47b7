using BenchmarkDotNet.Attributes;

namespace MlNetNtd.Benchmarks;

/// <summary>The Torch engine on the CPU, by rows per block. The default block size is based on these results.</summary>
public class BlockSizeBenchmarks : RowServer
{
    private Implementation _rows = null!;

    [Params(16, 128, 512)]
    public int Tokens { get; set; }

    [Params(1, 4, 8, 16, 32, 64, 128, 256, 1024)]
    public int BatchSize { get; set; }

    [GlobalSetup]
    public void SetUp()
    {
        var shape = new Shape(Tokens, 64);
        _rows = Open(Transforms.Transform(new SequenceView(shape), shape, EngineKind.Torch, BatchSize));
    }

    [Benchmark(OperationsPerInvoke = Rows)]
    public void Torch() => _rows.Run(Rows);
}
