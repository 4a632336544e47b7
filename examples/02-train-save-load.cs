#:project ../src/Package/MlNetNtd.csproj
#:property PublishAot=false

// Trains a discriminator on token sequences, evaluates it, saves it and loads it again.
using Microsoft.ML;
using MlNetNtd;

// 200 sentences of 24 token ids: each id is followed by itself or by one of the next two. A random embedding for each of 16 ids.
var random = new Random(1);
int[][] sentences = [.. Enumerable.Range(0, 200).Select(_ => MakeSentence(random.Next(16)))];
var embeddings = EmbeddingTable.FromRows([.. Enumerable.Range(0, 16).Select(_ => MakeEmbedding())]);

// Rows are windows of 8 tokens. Each window gives a real row and a generated one, whose tokens are drawn by frequency.
var mlContext = new MLContext(seed: 1);
var rows = mlContext.Data.CreateDiscriminatorRows(
    sentences, embeddings, new DiscriminatorRowOptions { WindowTokens = 8, Candidates = CandidateSource.Unigram });
var split = mlContext.Data.TrainTestSplit(rows, testFraction: 0.2, samplingKeyColumnName: "SequenceId");

// The transform combines real tokens and candidates; the trainer learns which candidates are real. All rows of a sentence are
// either trained on or validated with.
var pipeline = mlContext.Transforms.NextTokenDiscriminator()
    .Append(mlContext.BinaryClassification.Trainers.NextTokenDiscriminator(
        new NextTokenDiscriminatorTrainer.Options { LabelColumnName = "Label", SamplingKeyColumnName = "SequenceId" }));
using var model = pipeline.Fit(split.TrainSet);
mlContext.Model.Save(model, rows.Schema, "discriminator.zip");

// Loading needs no registration and none of the code above.
var loaded = new MLContext().Model.Load("discriminator.zip", out _);
var scored = loaded.Transform(split.TestSet);
var metrics = mlContext.BinaryClassification.Evaluate(scored);
Console.WriteLine($"Held-out rows: AUC {metrics.AreaUnderRocCurve:F2}, accuracy {metrics.Accuracy:F2}");
foreach (var row in mlContext.Data.CreateEnumerable<ScoredRow>(scored, reuseRowObject: false).Take(4))
    Console.WriteLine($"{(row.Label ? "A real row     " : "A generated row")} is real with probability {row.Probability:F2}");

int[] MakeSentence(int token) => [.. Enumerable.Range(0, 24).Select(_ => token = (token + random.Next(3)) % 16)];

float[] MakeEmbedding() => [.. Enumerable.Range(0, 32).Select(_ => random.NextSingle() - 0.5f)];

internal sealed class ScoredRow
{
    public bool Label { get; set; }
    public float Probability { get; set; }
    public float[] TokenScores { get; set; } = [];      // a logit for each token
}

// Output:
// Held-out rows: AUC 1.00, accuracy 1.00
// A real row      is real with probability 0.99
// A generated row is real with probability 0.01
// A real row      is real with probability 0.97
// A generated row is real with probability 0.00
