using Microsoft.ML;
using MlNetNtd;

// 200 sentences of 24 token ids, each id followed by itself or one of the next two, and an embedding for each of 16 ids.
var random = new Random(1);
int[][] sentences = [.. Enumerable.Range(0, 200).Select(_ => Sentence())];
var embeddings = EmbeddingTable.FromRows([.. Enumerable.Range(0, 16).Select(_ => Enumerable.Range(0, 32).Select(_ => random.NextSingle() - 0.5f).ToArray())]);

// Rows: windows of 8 tokens, each once with its own tokens as candidates and once with tokens drawn by frequency.
var mlContext = new MLContext(seed: 1);
var rows = mlContext.Data.CreateDiscriminatorRows(
    sentences, embeddings, new DiscriminatorRowOptions { WindowTokens = 8, Candidates = CandidateSource.Unigram });
var split = mlContext.Data.TrainTestSplit(rows, testFraction: 0.2, samplingKeyColumnName: "SequenceId");

// The transform combines real tokens and candidates; the trainer learns which candidates are real.
var model = mlContext.Transforms.NextTokenDiscriminator()
    .Append(mlContext.BinaryClassification.Trainers.NextTokenDiscriminator(labelColumnName: "TokenLabels"))
    .Fit(split.TrainSet);
mlContext.Model.Save(model, rows.Schema, "discriminator.zip");

// Anywhere else: no registration, and no line of the code above.
var reloaded = new MLContext().Model.Load("discriminator.zip", out _);
var scored = reloaded.Transform(split.TestSet);
var metrics = mlContext.BinaryClassification.Evaluate(scored);
Console.WriteLine($"{mlContext.Data.CreateEnumerable<Judged>(scored, reuseRowObject: false).Count()} held-out rows, AUC {metrics.AreaUnderRocCurve:F2}");
foreach (var row in mlContext.Data.CreateEnumerable<Judged>(scored, reuseRowObject: false).Take(2))
    Console.WriteLine($"{(row.Label ? "real" : "generated")}: {row.Probability:P0}, by token {string.Join(" ", row.TokenScores.Select(score => $"{score:F1}"))}");

int[] Sentence()
{
    var tokens = new int[24];
    tokens[0] = random.Next(16);
    for (var i = 1; i < tokens.Length; i++)
        tokens[i] = (tokens[i - 1] + random.Next(3)) % 16;
    return tokens;
}

internal sealed class Judged
{
    public bool Label { get; set; }
    public float Probability { get; set; }
    public float[] TokenScores { get; set; } = [];
}
