#:project ../src/Package/MlNetNtd.csproj
#:property PublishAot=false

// Tests whether synthetic sequences can be told from real ones, and finds the steps that give them away.
using Microsoft.ML;
using Microsoft.ML.Data;
using MlNetNtd;

// Recordings of a machine: load, and a temperature that follows it. Each sequence has 12 steps of these two values.
var random = new Random(1);
var real = Enumerable.Range(0, 300).Select(_ => Record()).ToArray();
var good = Enumerable.Range(0, 300).Select(_ => Record()).ToArray();

// A generator with a fault: at one step of each sequence the temperature does not belong to the load before it.
var faultySteps = good.Select(_ => random.Next(12)).ToArray();
var faulty = good.Zip(faultySteps, (sequence, step) => sequence.Select((value, i) => i == (2 * step) + 1 ? value + 1.5f : value).ToArray()).ToArray();

var mlContext = new MLContext(seed: 1);
var options = new RealismOptions { NumberOfPermutations = 199, Trainer = new() { Layers = 1, LearningRate = 3e-3 } };
var same = mlContext.BinaryClassification.EvaluateRealism(View(real), View(good), options);
var differs = mlContext.BinaryClassification.EvaluateRealism(View(real), View(faulty), options);
foreach (var (name, report) in new[] { ("The same machine", same), ("With a fault", differs) })
{
    var (auc, baseline) = (report.Discriminator, report.Baseline);
    Console.WriteLine($"{name}: AUC {auc.Value:F2} ({auc.Lower:F2} to {auc.Upper:F2}), of the baseline {baseline.Value:F2}; p below 0.05: {auc.PValue < 0.05}");
}

Console.WriteLine($"Detection score of SDMetrics, 1 is best: {same.DetectionScore:F2} and {differs.DetectionScore:F2}");

// What gives each sequence away: the steps with the strongest evidence come first.
var found = differs.Evidence.Zip(faultySteps, (evidence, step) => evidence.LeastRealSteps(3).Contains(step) ? 1.0 : 0).Average();
Console.WriteLine($"The faulty step is among the first 3 of 12 in {found:F2} of the sequences");

float[] Record()
{
    var (load, temperature, values) = (random.NextSingle(), random.NextSingle(), new List<float>());
    for (var step = 0; step < 12; step++)
    {
        temperature = (0.5f * temperature) + (0.5f * load) + (0.2f * (random.NextSingle() - 0.5f));
        load = (0.8f * load) + (0.4f * random.NextSingle());
        values.AddRange([load, temperature]);
    }

    return [.. values];
}

IDataView View(float[][] sequences)
{
    var schema = SchemaDefinition.Create(typeof(Recording));
    schema["Sequence"].ColumnType = new VectorDataViewType(NumberDataViewType.Single, 12, 2);
    return mlContext.Data.LoadFromEnumerable(sequences.Select(values => new Recording { Sequence = values }), schema);
}

internal sealed class Recording
{
    public float[] Sequence { get; set; } = [];
}

// Output:
// The same machine: AUC 0.50 (0.46 to 0.55), of the baseline 0.49; p below 0.05: False
// With a fault: AUC 1.00 (0.99 to 1.00), of the baseline 1.00; p below 0.05: True
// Detection score of SDMetrics, 1 is best: 1.00 and 0.01
// The faulty step is among the first 3 of 12 in 1.00 of the sequences
