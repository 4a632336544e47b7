using System.Diagnostics;
using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;
using MlNetNtd;

// Trains with a checkpoint in the first argument's file, writes the weights into the second's, and says the mean of the rows' scores.
const int tokens = 6;
const int dimension = 4;
var random = new Random(1);
var rows = Enumerable.Range(0, 200).Select(_ => new Row(random.Next(2) == 0, Values(), Values()));

var context = new MLContext(seed: 1);
var pipeline = context.Transforms.NextTokenDiscriminator(embeddingDimension: dimension, maxTokens: tokens)
    .Append(context.BinaryClassification.Trainers.NextTokenDiscriminator(new NextTokenDiscriminatorTrainer.Options
    {
        ModelDimension = 16,
        Epochs = 30,
        BatchSize = 16,
        Patience = 0,
        Dropout = 0.2,
        CheckpointPath = args[0],
        CheckpointSteps = 1,
    }));
var view = context.Data.LoadFromEnumerable(rows);
using var model = pipeline.Fit(view);
model.LastTransformer.SaveWeights(args[1]);
var scores = model.Transform(view).GetColumn<float>("Score").ToArray();
Console.WriteLine($"score={scores.Average().ToString(CultureInfo.InvariantCulture)}");

// Of managed assemblies there is one of the name.
using var process = Process.GetCurrentProcess();
var native = process.Modules.Cast<ProcessModule>().Select(module => module.ModuleName)
    .Where(name => name.Contains("torch", StringComparison.OrdinalIgnoreCase) && !name.EndsWith("TorchSharp.dll", StringComparison.Ordinal));
Console.WriteLine($"libtorch={string.Join(' ', native)}");

float[] Values() => [.. Enumerable.Range(0, tokens * dimension).Select(_ => 2 * random.NextSingle() - 1)];

internal sealed record Row(
    bool Label,
    [property: VectorType(6, 4)] float[] PreviousEmbeddings,
    [property: VectorType(6, 4)] float[] CurrentEmbeddings);
