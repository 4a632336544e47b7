#:project ../src/Package/MlNetNtd.csproj
#:property PublishAot=false

// Scores each token: trained on a label for each row, by two kinds of loss, and on a label for each token.
using Microsoft.ML;
using MlNetNtd;

var random = new Random(1);
int[][] sentences = [.. Enumerable.Range(0, 120).Select(_ => MakeSentence(random.Next(16)))];
var embeddings = EmbeddingTable.FromRows([.. Enumerable.Range(0, 16).Select(_ => MakeEmbedding())]);

// A label a row, true or false for all of its tokens: LossKind decides whether the loss is that of the row's score or of each
// token's. A label a token: rows may be generated in some places and real in others.
var mlContext = new MLContext(seed: 1);
IDataView? scored = null;
foreach (var (generated, label, loss) in new[]
{
    (1.0, "Label", LossKind.Row),
    (1.0, "Label", LossKind.Token),
    (0.25, "TokenLabels", LossKind.Auto),
})
{
    var rows = mlContext.Data.CreateDiscriminatorRows(sentences, embeddings, new DiscriminatorRowOptions
    {
        WindowTokens = 8,
        Candidates = CandidateSource.Unigram,
        GeneratedFraction = generated,
        Seed = 1,
    });
    var split = mlContext.Data.TrainTestSplit(rows, testFraction: 0.2, samplingKeyColumnName: "SequenceId", seed: 1);
    var trainer = mlContext.BinaryClassification.Trainers.NextTokenDiscriminator(new NextTokenDiscriminatorTrainer.Options
    {
        LabelColumnName = label,
        LossKind = loss,
        SamplingKeyColumnName = "SequenceId",
        TokenProbabilities = true,
        LearningRate = 3e-3,
        Epochs = 10,
        Seed = 1,
    });
    scored = mlContext.Transforms.NextTokenDiscriminator().Append(trainer).Fit(split.TrainSet).Transform(split.TestSet);
    var rowMetrics = mlContext.BinaryClassification.Evaluate(scored);
    var tokenMetrics = mlContext.BinaryClassification.EvaluateTokens(scored, labelColumnName: "TokenLabels");
    Console.WriteLine(
        $"{generated:P0} generated, {label}, LossKind.{loss}: "
        + $"AUC of rows {rowMetrics.AreaUnderRocCurve:F2}, of tokens {tokenMetrics.AreaUnderRocCurve:F2}");
}

// The probability that each token is real, in a row with two generated ones. A generated token that may follow looks real.
var row = mlContext.Data.CreateEnumerable<ScoredRow>(scored!, reuseRowObject: false).First(row => row.TokenLabels.Contains(false));
foreach (var (i, isReal) in row.TokenLabels.Index())
    Console.WriteLine($"Token {i} is {(isReal ? "real:     " : "generated:")} {row.TokenProbabilities[i]:F2}");

int[] MakeSentence(int token) => [.. Enumerable.Range(0, 24).Select(_ => token = (token + random.Next(3)) % 16)];

float[] MakeEmbedding() => [.. Enumerable.Range(0, 32).Select(_ => random.NextSingle() - 0.5f)];

internal sealed class ScoredRow
{
    public bool[] TokenLabels { get; set; } = [];
    public float[] TokenProbabilities { get; set; } = [];
}

// Output:
// 100 % generated, Label, LossKind.Row: AUC of rows 1.00, of tokens 0.85
// 100 % generated, Label, LossKind.Token: AUC of rows 1.00, of tokens 0.90
// 25 % generated, TokenLabels, LossKind.Auto: AUC of rows 0.89, of tokens 0.83
// Token 0 is real:      0.91
// Token 1 is real:      0.93
// Token 2 is generated: 0.02
// Token 3 is real:      0.97
// Token 4 is real:      0.98
// Token 5 is generated: 0.02
// Token 6 is real:      0.95
// Token 7 is real:      0.96
