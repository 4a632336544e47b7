using System.Diagnostics;
using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using MlNetNtd;

// Trains with a checkpoint in the first argument's file, writes the weights into the second's, and says the mean of the rows' scores.
// The other arguments change settings: Engine=Torch, AttentionDropout=0.5, Gpu=0, OtherMasks=true.
const int tokens = 6;
const int dimension = 4;
var settings = args.Skip(2).Select(argument => argument.Split('=')).ToDictionary(parts => parts[0], parts => parts[1]);
var random = new Random(1);
var rows = Enumerable.Range(0, 200).Select(_ => new Row(random.Next(2) == 0, Values(), Values()));

var context = new MLContext(seed: 1);
context.Log += (_, message) =>
{
    if (message.Kind == ChannelMessageKind.Warning)
        Console.WriteLine($"warning={message.RawMessage}");
};
if (settings.TryGetValue("Gpu", out var gpu))
    (context.GpuDeviceId, context.FallbackToCpu) = (int.Parse(gpu, CultureInfo.InvariantCulture), true);
var trainer = context.BinaryClassification.Trainers.NextTokenDiscriminator(new NextTokenDiscriminatorTrainer.Options
{
    Engine = Enum.Parse<EngineKind>(settings.GetValueOrDefault("Engine", nameof(EngineKind.Auto))),
    AttentionDropout = double.Parse(settings.GetValueOrDefault("AttentionDropout", "0"), CultureInfo.InvariantCulture),
    ModelDimension = 16,
    Epochs = 30,
    BatchSize = 16,
    Patience = 0,
    Dropout = 0.2,
    CheckpointPath = args[0],
    CheckpointSteps = 1,
});
try
{
    var view = context.Data.LoadFromEnumerable(rows);
    using var transform = context.Transforms.NextTokenDiscriminator(embeddingDimension: dimension, maxTokens: tokens).Fit(view);
    var transformed = transform.Transform(view);
    using var scorer = trainer.Fit(settings.ContainsKey("OtherMasks") ? WithOtherMasks(transformed) : transformed);
    scorer.SaveWeights(args[1]);
    var scores = scorer.Transform(transformed).GetColumn<float>("Score").ToArray();
    Console.WriteLine($"score={scores.Average().ToString(CultureInfo.InvariantCulture)}");
}
catch (InvalidOperationException e)
{
    Console.WriteLine($"error={e.Message}");
}

// Of managed assemblies there is one of the name. A libtorch of the system, such as that of Debian for Python, is tried where there is one; it
// is none of our packages.
using var process = Process.GetCurrentProcess();
var native = process.Modules.Cast<ProcessModule>().Where(module => !module.FileName.StartsWith("/usr/lib/", StringComparison.Ordinal)).Select(module => module.ModuleName)
    .Where(name => name.Contains("torch", StringComparison.OrdinalIgnoreCase) && !name.EndsWith("TorchSharp.dll", StringComparison.Ordinal));
Console.WriteLine($"libtorch={string.Join(' ', native)}");

// The last candidate does not see the initial embedding.
IDataView WithOtherMasks(IDataView transformed) => context.Data.LoadFromEnumerable(
    context.Data.CreateEnumerable<CombinedRow>(transformed, reuseRowObject: false).Select(row =>
    {
        row.Mask[^(2 * tokens)] = true;
        return row;
    }));

float[] Values() => [.. Enumerable.Range(0, tokens * dimension).Select(_ => 2 * random.NextSingle() - 1)];

internal sealed record Row(
    bool Label,
    [property: VectorType(6, 4)] float[] PreviousEmbeddings,
    [property: VectorType(6, 4)] float[] CurrentEmbeddings);

internal sealed class CombinedRow
{
    public bool Label { get; set; }

    [VectorType(12, 4)]
    public float[] Combined { get; set; } = [];

    [VectorType(12, 12)]
    public bool[] Mask { get; set; } = [];
}
