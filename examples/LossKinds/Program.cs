using Microsoft.ML;
using MlNetNtd;

// Rows that are wholly real or wholly generated can be learned by their scores or by those of their tokens. Which is better
// depends on the rows: train both and look at what you need, the row's score or the tokens'.
var random = new Random(1);
int[][] sentences = [.. Enumerable.Range(0, 200).Select(_ => Sentence())];
var embeddings = EmbeddingTable.FromRows([.. Enumerable.Range(0, 16).Select(_ => Enumerable.Range(0, 32).Select(_ => random.NextSingle() - 0.5f).ToArray())]);

var mlContext = new MLContext(seed: 1);
var rows = mlContext.Data.CreateDiscriminatorRows(
    sentences, embeddings, new DiscriminatorRowOptions { WindowTokens = 8, Candidates = CandidateSource.Unigram });
var split = mlContext.Data.TrainTestSplit(rows, testFraction: 0.25, samplingKeyColumnName: "SequenceId");

foreach (var loss in new[] { LossKind.Row, LossKind.Token })
{
    var options = new NextTokenDiscriminatorTrainer.Options { LabelColumnName = "Label", LossKind = loss, Seed = 1 };
    using var model = mlContext.Transforms.NextTokenDiscriminator()
        .Append(mlContext.BinaryClassification.Trainers.NextTokenDiscriminator(options))
        .Fit(split.TrainSet);

    var scored = model.Transform(split.TestSet);
    var ofRows = mlContext.BinaryClassification.Evaluate(scored);
    var ofTokens = mlContext.BinaryClassification.EvaluateTokens(scored, labelColumnName: "TokenLabels");
    Console.WriteLine($"{loss} loss: AUC of rows {ofRows.AreaUnderRocCurve:F2}, of tokens {ofTokens.AreaUnderRocCurve:F2}");
}

int[] Sentence()
{
    var tokens = new int[24];
    tokens[0] = random.Next(16);
    for (var i = 1; i < tokens.Length; i++)
        tokens[i] = (tokens[i - 1] + random.Next(3)) % 16;
    return tokens;
}
