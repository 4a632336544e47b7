using System.CommandLine;
using System.Globalization;
using Microsoft.ML;
using MlNetNtd;
using MlNetNtd.Studies;
using MlNetNtd.Studies.LongTraining;

// Does a training on more rows than memory keeps survive stops and kills? Stop it (Ctrl+C, SIGTERM) or kill it at any moment: the
// same command continues, and ends with the same history.
var rows = new Option<int>("--rows") { Description = "Rows, generated while they are read", DefaultValueFactory = _ => 20_000 };
var epochs = new Option<int>("--epochs") { Description = "Epochs", DefaultValueFactory = _ => 4 };
var cache = new Option<int>("--cache") { Description = "Megabytes of rows to keep in memory; if there are more, each epoch reads them again", DefaultValueFactory = _ => 8 };
var folder = new Option<string>("--out") { Description = "The folder of checkpoint, history and model", DefaultValueFactory = _ => "long-training" };
var command = new RootCommand("Trains a discriminator on more rows than it keeps. A stopped or killed training continues.") { rows, epochs, cache, folder };
command.SetAction(result => Run(result.GetValue(rows), result.GetValue(epochs), result.GetValue(cache), result.GetValue(folder)!));
return command.Parse(args).Invoke();

static int Run(int rows, int epochs, int cacheMegabytes, string folder)
{
    const int seed = 1;
    const double minAuc = 0.6;      // guessing reaches 0.5
    Directory.CreateDirectory(folder);
    var checkpoint = Path.Combine(folder, "training.checkpoint");
    if (File.Exists(checkpoint))
        Console.WriteLine($"Continues from {checkpoint}.");

    using var interrupt = new Interrupt();
    var context = new MLContext(seed);
    var data = context.Data.LoadFromEnumerable(GeneratedRow.Generate(rows));
    var options = new NextTokenDiscriminatorTrainer.Options
    {
        Epochs = epochs,
        Layers = 1,
        ModelDimension = 32,
        MaxCacheBytes = (long)cacheMegabytes << 20,
        // Another size is another order of rows, so a training that continues needs the same.
        ShuffleBufferBytes = 8 << 20,
        CheckpointPath = checkpoint,
        CheckpointSeconds = 10,
        Seed = seed,
    };
    var pipeline = context.Transforms.NextTokenDiscriminator(embeddingDimension: GeneratedRow.Dimension, maxTokens: GeneratedRow.Tokens)
        .Append(context.BinaryClassification.Trainers.NextTokenDiscriminator(options, epoch => Console.WriteLine(epoch), cancellationToken: interrupt.Token));
    try
    {
        using var model = pipeline.Fit(data);
        context.Model.Save(model, data.Schema, Path.Combine(folder, "model.zip"));
        return Report(model.LastTransformer.History);
    }
    catch (OperationCanceledException)
    {
        Console.Error.WriteLine("Interrupted; the same command continues.");
        return Interrupt.ExitCode;
    }

    int Report(IReadOnlyList<EpochResult> history)
    {
        using (var writer = new StreamWriter(Path.Combine(folder, "history.csv")))
            history.WriteCsv(writer);
        Charts.Save(
            Path.Combine(folder, "history.svg"),
            CreateChart("Loss", "binary cross-entropy, nats", metrics => metrics.Loss),
            CreateChart("Area under the ROC curve", "AUC", metrics => metrics.AreaUnderRocCurve));
        var best = history.Last(epoch => epoch.IsBest);
        var auc = best.Validation!.AreaUnderRocCurve;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{(auc > minAuc ? "OK" : "Not OK")}: epoch {best.Epoch} is the best, AUC {auc:F3} on rows it was not trained on"));
        return auc > minAuc ? 0 : 1;

        ScottPlot.Plot CreateChart(string title, string unit, Func<DiscriminatorMetrics, double> metric)
        {
            var chart = Charts.CreateLines(
                title, "epoch", unit, first: 1,
                ("training, while the weights change", [.. history.Select(epoch => metric(epoch.Training))]),
                ("validation, after the epoch", [.. history.Select(epoch => epoch.Validation is { } some ? metric(some) : double.NaN)]));
            chart.Add.VerticalLine(history.Last(epoch => epoch.IsBest).Epoch).LegendText = "best epoch";
            return chart;
        }
    }
}
