#:project ../src/Package/MlNetNtd.csproj
#:property PublishAot=false

// Serves a model to many threads: one row or a list of rows at a time, and what becomes of bad rows.
using Microsoft.ML;
using Microsoft.ML.Data;
using MlNetNtd;

// Rows of 4 tokens of 8 values. Real tokens rise; the candidates of a generated row fall.
var random = new Random(1);
Row[] rows = [.. Enumerable.Range(0, 400).Select(i => MakeRow(label: i % 2 == 0))];

var mlContext = new MLContext(seed: 1);
using var model = mlContext.Transforms.NextTokenDiscriminator()
    .Append(mlContext.BinaryClassification.Trainers.NextTokenDiscriminator(
        new NextTokenDiscriminatorTrainer.Options { LabelColumnName = "Label", Epochs = 5 }))
    .Fit(mlContext.Data.LoadFromEnumerable(rows));

// One pool for the application. Any number of threads call it; each call borrows one of its prediction engines.
using var pool = mlContext.CreatePredictionPool<Row, Prediction>(model);
var right = 0;
Parallel.ForEach(rows, row =>
{
    if (pool.Predict(row).PredictedLabel == row.Label)
        Interlocked.Increment(ref right);
});
Console.WriteLine($"{right} of {rows.Length} rows are predicted right, one at a time on many threads");

// A list is scored in batches of the scorer's BatchSize, which is faster than row by row.
var predictions = pool.PredictBatch(rows);
Console.WriteLine($"{predictions.Zip(rows).Count(pair => pair.First.PredictedLabel == pair.Second.Label)} of {rows.Length} in one list");

// A bad row is the caller's fault: answer 400 with the message. Row is the index in the list.
var bad = MakeRow(label: true);
bad.CurrentEmbeddings[10] = float.NaN;
try
{
    pool.PredictBatch([rows[0], bad, rows[1]]);
}
catch (InvalidRowException error)
{
    Console.WriteLine($"400 for row {error.Row}: {error.Message}");
}

// Or bad rows get NaN and the others are scored. The policy is an option of the trainer, and can be changed afterwards.
var lenient = new TransformerChain<ITransformer>([.. model.SkipLast(1), model.LastTransformer.WithBadRowPolicy(BadRowPolicy.Skip)]);
using var lenientPool = mlContext.CreatePredictionPool<Row, Prediction>(lenient);
Console.WriteLine($"Skipped rows: {lenientPool.PredictBatch([rows[0], bad, rows[1]]).Count(p => float.IsNaN(p.Probability))} of 3");

Row MakeRow(bool label)
{
    float[] real = MakeTokens(random.NextSingle(), step: 0.25f);
    float[] candidates = label ? [.. real] : MakeTokens(random.NextSingle(), step: -0.25f);
    return new() { Label = label, PreviousEmbeddings = real, CurrentEmbeddings = candidates };
}

static float[] MakeTokens(float first, float step) => [.. Enumerable.Range(0, 4).SelectMany(i => Enumerable.Repeat(first + i * step, 8))];

internal sealed class Row
{
    public bool Label { get; set; }

    [VectorType(4, 8)]
    public float[] PreviousEmbeddings { get; set; } = [];

    [VectorType(4, 8)]
    public float[] CurrentEmbeddings { get; set; } = [];
}

internal sealed class Prediction
{
    public bool PredictedLabel { get; set; }
    public float Probability { get; set; }
}

// Output:
// 400 of 400 rows are predicted right, one at a time on many threads
// 400 of 400 in one list
// 400 for row 1: Column 'CurrentEmbeddings', row 1: expected finite values, found NaN at token 1, dimension 2.
// Skipped rows: 1 of 3
