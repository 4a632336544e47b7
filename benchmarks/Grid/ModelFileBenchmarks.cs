using BenchmarkDotNet.Attributes;
using Microsoft.ML;

namespace MlNetNtd.Benchmarks;

/// <summary>Saving and loading ML.NET's model zip, by the size of the initial embedding.</summary>
public class ModelFileBenchmarks
{
    private readonly MLContext _context = new(seed: 1);
    private SequenceView _input = null!;
    private ITransformer _model = null!;
    private byte[] _saved = [];

    [Params(64, 512, 4096)]
    public int Dimension { get; set; }

    [GlobalSetup]
    public void SetUp()
    {
        var shape = new Shape(16, Dimension);
        _input = new SequenceView(shape, rows: 1);
        _model = Transforms.Fit(_input, shape, options => options.InitialEmbedding = [.. Enumerable.Range(0, Dimension).Select(i => i / 64f)], _context);
        _saved = Save().ToArray();
    }

    [Benchmark]
    public MemoryStream Save()
    {
        var written = new MemoryStream();
        _context.Model.Save(_model, _input.Schema, written);
        return written;
    }

    [Benchmark]
    public ITransformer Load() => _context.Model.Load(new MemoryStream(_saved), out _);
}
