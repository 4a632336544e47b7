#:project ../src/Package/MlNetNtd.csproj
#:property PublishAot=false

// Trains on more rows than memory keeps, stops halfway, and goes on from a checkpoint to the weights of a training never stopped.
using Microsoft.ML;
using MlNetNtd;

// Rows are made when they are read, so only the token ids and the embeddings are in memory.
var random = new Random(1);
int[][] sentences = [.. Enumerable.Range(0, 200).Select(_ => MakeSentence(random.Next(16)))];
var embeddings = EmbeddingTable.FromRows([.. Enumerable.Range(0, 16).Select(_ => MakeEmbedding())]);
var mlContext = new MLContext(seed: 1);
var rows = mlContext.Data.CreateDiscriminatorRows(
    sentences, embeddings, new DiscriminatorRowOptions { WindowTokens = 8, Candidates = CandidateSource.Unigram });
var data = mlContext.Transforms.NextTokenDiscriminator().Fit(rows).Transform(rows);

// The first line of a training and each of its epochs go to the log.
mlContext.Log += (_, e) =>
{
    if (e.RawMessage.StartsWith("Epoch", StringComparison.Ordinal) && e.RawMessage.Contains("validation", StringComparison.Ordinal))
        Console.WriteLine(e.RawMessage[..e.RawMessage.IndexOf(':', StringComparison.Ordinal)]);
};

var options = new NextTokenDiscriminatorTrainer.Options
{
    SamplingKeyColumnName = "SequenceId",       // all rows of a sentence are trained on, or all are validation rows
    MaxCacheBytes = 1 << 20,                    // bytes of rows to keep; the others are read again in each epoch
    ShuffleBufferBytes = 256 << 10,             // bytes of rows that are shuffled at a time
    CheckpointPath = "discriminator.checkpoint",
    CheckpointSteps = 20,                       // beside the checkpoint at the end of each epoch; or CheckpointSeconds
    MonitorMetric = MonitorMetric.AreaUnderRocCurve,
    Epochs = 4,
    Seed = 1,
};
File.Delete(options.CheckpointPath);

// Stop after the second epoch, as Ctrl+C or a scheduler's SIGTERM would.
using var stop = new CancellationTokenSource();
try
{
    mlContext.BinaryClassification.Trainers.NextTokenDiscriminator(
        options, onEpoch: epoch => { if (epoch.Epoch == 2) stop.Cancel(); }, cancellationToken: stop.Token).Fit(data);
}
catch (OperationCanceledException)
{
    Console.WriteLine($"Stopped. The checkpoint is there: {File.Exists(options.CheckpointPath)}");
}

// The same line starts a training and goes on with one.
using var resumed = mlContext.BinaryClassification.Trainers.NextTokenDiscriminator(options).Fit(data);

// A training that was never stopped gives the same weights, bit for bit on a CPU with the same number of threads.
options.CheckpointPath = null;
using var uninterrupted = mlContext.BinaryClassification.Trainers.NextTokenDiscriminator(options).Fit(data);
var same = resumed.Model.Names.All(name => resumed.Model.Values(name).SequenceEqual(uninterrupted.Model.Values(name)));
Console.WriteLine($"The same weights: {same}");
Console.WriteLine($"Validation AUC: {resumed.History[^1].Validation!.AreaUnderRocCurve:F2}");
File.Delete("discriminator.checkpoint");

int[] MakeSentence(int token) => [.. Enumerable.Range(0, 24).Select(_ => token = (token + random.Next(3)) % 16)];

float[] MakeEmbedding() => [.. Enumerable.Range(0, 32).Select(_ => random.NextSingle() - 0.5f)];

// Output:
// Epoch 1 of 4
// Epoch 2 of 4
// Stopped. The checkpoint is there: True
// Epoch 3 of 4
// Epoch 4 of 4
// Epoch 1 of 4
// Epoch 2 of 4
// Epoch 3 of 4
// Epoch 4 of 4
// The same weights: True
// Validation AUC: 1.00
