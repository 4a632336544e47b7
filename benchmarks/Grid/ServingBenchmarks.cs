using BenchmarkDotNet.Attributes;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace MlNetNtd.Benchmarks;

/// <summary>A service's requests: 32 rows through the transform and the discriminator, one by one and as a list.</summary>
public class ServingBenchmarks
{
    private const int Rows = 32;
    private const int Dimension = 32;

    private SequenceRow[] _rows = null!;
    private TransformerChain<NextTokenDiscriminatorScorer> _model = null!;
    private PredictionPool<SequenceRow, Verdict> _pool = null!;

    [Params(16, 128)]
    public int Tokens { get; set; }

    [GlobalSetup]
    public void SetUp()
    {
        var context = new MLContext(seed: 1);
        var shape = new Shape(Tokens, Dimension);
        _rows = [.. new SequenceView(shape).Objects(Rows)];
        var options = new NextTokenDiscriminatorTrainer.Options { BatchSize = Rows };
        var sizes = new DiscriminatorConfig { EmbeddingDimension = Dimension, MaxTokens = Tokens };
        using var network = new DiscriminatorNetwork(sizes, seed: 1);
        var scorer = context.BinaryClassification.Trainers.NextTokenDiscriminator(options).CreateScorer(network);
        _model = Transforms.Fit(context.Data.LoadFromEnumerable(_rows), shape, context: context).Append(scorer);
        _pool = context.CreatePredictionPool<SequenceRow, Verdict>(_model);
    }

    [GlobalCleanup]
    public void Close()
    {
        _pool.Dispose();
        _model.Dispose();
    }

    [Benchmark(Baseline = true)]
    public float OneByOne()
    {
        var sum = 0f;
        foreach (var row in _rows)
            sum += _pool.Predict(row).Score;
        return sum;
    }

    [Benchmark]
    public float AsAList() => _pool.PredictBatch(_rows).Sum(verdict => verdict.Score);

    public sealed class Verdict
    {
        public float Score { get; set; }
    }
}
