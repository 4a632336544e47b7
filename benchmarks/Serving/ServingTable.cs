using System.Diagnostics;
using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;
using static TorchSharp.torch;

namespace MlNetNtd.Benchmarks;

/// <summary>
/// The command <c>serving</c>: compares the ways to score, in one process and in turn: TorchSharp on tensors at hand, the prediction
/// pool, ONNX Runtime, managed code. Then the first score of a fresh process, and the bytes to deploy.
/// </summary>
internal static class ServingTable
{
    private const string Torch = "TorchSharp";
    private const string Pool = "prediction pool";
    private const string Onnx = "ONNX Runtime";
    private const string Managed = "managed";
    private const int MaxCalls = 400;
    private const int MinCalls = 5;
    private const int ProductSize = 1024;

    private static readonly TimeSpan Budget = TimeSpan.FromSeconds(4);

    /// <summary>Measures and prints.</summary>
    /// <returns>The printed text, in Markdown.</returns>
    public static string Run(TextWriter console)
    {
        var report = new Report(console);
        report.Line(Text($"{ServingCase.Layers} layers of {ServingCase.Heads} heads, C = D. Milliseconds a call: median (99th percentile). All take turns in one process. TorchSharp, ONNX Runtime and managed code find their input in memory; the pool reads objects."));
        var ratios = new Dictionary<(int Threads, ServingCase Case), double>();
        double share = 0, torchShare = 0;
        foreach (var threads in new[] { 1, 2 })
        {
            set_num_threads(threads);
            var rate = MeasureProduct();
            report.Line();
            report.Line(Text($"{threads} thread{(threads == 1 ? "" : "s")}; torch.mm of {ProductSize} x {ProductSize}: {rate / 1e9:0} GFLOP/s. Share: necessary operations of the managed scorer a second, of that."));
            report.Line();
            report.Line($"| D | T | B | {Torch} | {Pool} | {Onnx} | {Managed} | times as fast as TorchSharp | share |");
            report.Line("|---:|---:|---:|---:|---:|---:|---:|---:|---:|");
            foreach (var one in ServingCase.All)
            {
                var times = Measure(one, threads);
                var (torch, managed) = (Median(times[Torch]), Median(times[Managed]));
                ratios[(threads, one)] = torch / managed;
                double Share(double milliseconds) => 2 * one.MultiplyAdds / (milliseconds / 1e3) / rate;
                if (threads == 1 && one is { Dimension: 64, Tokens: 128, Rows: 32 })
                    (share, torchShare) = (Share(managed), Share(torch));
                report.Line(Text($"| {one.Dimension} | {one.Tokens} | {one.Rows} | {Show(times[Torch])} | {Show(times[Pool])} | {Show(times[Onnx])} | {Show(times[Managed])} | {torch / managed:0.00} | {Share(managed):P0} |"));
            }
        }

        report.Line();
        report.Line(Text($"One thread, D = 64, T = 128, B = 32: {share:P0} of torch.mm's rate in managed code, {torchShare:P0} with TorchSharp."));
        var jit = FirstScore.Measure(native: false, SaveSmallModel);
        var aot = FirstScore.Measure(native: true, SaveSmallModel);
        report.Line(Text($"A fresh process of examples/AotScorer until its first score is on its output: {jit.Milliseconds:0} ms with the JIT, {aot.Milliseconds:0} ms as NativeAOT (medians of {FirstScore.Runs}); {jit.Megabytes:0.0} and {aot.Megabytes:0.0} MB to deploy, model included, with the JIT beside .NET."));
        report.Line();
        report.Line(Text($"managed/torch B=1 T=32 {Ratio(32, 1, 64):0.00} T=128 {Ratio(128, 1, 64):0.00}; B=32 T=128 {Ratio(128, 32, 64):0.00}; D=512 {Ratio(128, 32, 512):0.00}; first score ms {jit.Milliseconds:0} aot {aot.Milliseconds:0}; MB {jit.Megabytes:0.0} aot {aot.Megabytes:0.0}"));
        return report.ToString();

        double Ratio(int tokens, int rows, int dimension) => ratios[(1, new ServingCase(tokens, rows, dimension))];
    }

    /// <summary>Measures each way to score.</summary>
    /// <returns>The milliseconds of each call, by the name of the way.</returns>
    public static Dictionary<string, List<double>> Measure(ServingCase one, int threads)
    {
        // The pool's own scorer takes as many threads as the machine has; one limit holds for everybody.
        Environment.SetEnvironmentVariable("OMP_NUM_THREADS", threads.ToString(CultureInfo.InvariantCulture));
        var context = new MLContext(seed: 1);
        using var scorer = CreateScorer(context, one);
        var implementations = new Dictionary<string, IServing>
        {
            [Torch] = new TorchServing(scorer, one),
            [Pool] = new PoolServing(context, scorer, one),
            [Onnx] = new OnnxServing(scorer, one, threads),
            [Managed] = new ManagedServing(scorer, one, threads),
        };
        var logits = implementations.ToDictionary(entry => entry.Key, entry => entry.Value.Call());
        if (logits.Values.Max() - logits.Values.Min() > 1e-4)
            throw new InvalidOperationException($"The scores differ: {string.Join(", ", logits.Select(entry => Text($"{entry.Key} {entry.Value}")))}");

        var times = implementations.Keys.ToDictionary(name => name, _ => new List<double>());
        var watch = Stopwatch.StartNew();
        for (var round = 0; round < MinCalls || (round < MaxCalls && watch.Elapsed < Budget); round++)
        {
            foreach (var (name, serving) in implementations)
            {
                var start = Stopwatch.GetTimestamp();
                serving.Call();
                times[name].Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            }
        }

        foreach (var serving in implementations.Values)
            serving.Dispose();
        return times;
    }

    // A scorer of these sizes with the network's first weights: what they are does not change the time.
    private static NextTokenDiscriminatorScorer CreateScorer(MLContext context, ServingCase one)
    {
        TrainingRow[] rows = [.. Enumerable.Range(0, 2).Select(i => new TrainingRow { Label = i == 0, Combined = Random(i, 2 * one.Dimension) })];
        var schema = SchemaDefinition.Create(typeof(TrainingRow));
        schema[nameof(TrainingRow.Combined)].ColumnType = new VectorDataViewType(NumberDataViewType.Single, 2, one.Dimension);
        var trainer = context.BinaryClassification.Trainers.NextTokenDiscriminator(new NextTokenDiscriminatorTrainer.Options
        {
            FeatureColumnName = nameof(TrainingRow.Combined),
            MaskColumnName = "",
            MaxTokens = one.Tokens,
            ModelDimension = one.Dimension,
            Heads = ServingCase.Heads,
            Layers = ServingCase.Layers,
            BatchSize = 32,
            Epochs = 1,
            ValidationFraction = 0,
            ProgressSeconds = 0,
        });
        using var fitted = trainer.Fit(context.Data.LoadFromEnumerable(rows, schema));
        using var network = new DiscriminatorNetwork(one.Config, seed: 1);
        return fitted.WithWeights(network);
    }

    // Embeddings that are all equal are an error of the trainer.
    private static float[] Random(int seed, int count)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => random.NextSingle())];
    }

    private static void SaveSmallModel(string path)
    {
        var context = new MLContext(seed: 1);
        using var scorer = CreateScorer(context, new ServingCase(Tokens: 8, Rows: 1, Dimension: 8));
        context.Model.Save(scorer, null, path);
    }

    private static double MeasureProduct()
    {
        using var scope = NewDisposeScope();
        using var mode = inference_mode();
        var (a, b) = (rand(ProductSize, ProductSize), rand(ProductSize, ProductSize));
        var times = new List<double>();
        for (var i = 0; i < 30; i++)
        {
            var start = Stopwatch.GetTimestamp();
            using var product = a.mm(b);
            times.Add(Stopwatch.GetElapsedTime(start).TotalSeconds);
        }

        return 2.0 * ProductSize * ProductSize * ProductSize / Median(times);
    }

    private static double Median(List<double> values) => Percentile(values, 0.5);

    private static double Percentile(List<double> values, double fraction)
    {
        double[] sorted = [.. values.Order()];
        return sorted[(int)(fraction * (sorted.Length - 1))];
    }

    private static string Show(List<double> times) => Text($"{Median(times):0.000} ({Percentile(times, 0.99):0.000})");

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private sealed class TrainingRow
    {
        public bool Label { get; set; }

        public float[] Combined { get; set; } = [];
    }
}
