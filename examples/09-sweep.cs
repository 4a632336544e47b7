#:project ../src/Package/MlNetNtd.csproj
#:property PublishAot=false

// Searches the trainer's options at random: trials side by side, the best by validation loss, and a check on held-out rows.
using Microsoft.ML;
using MlNetNtd;

var random = new Random(1);
int[][] sentences = [.. Enumerable.Range(0, 100).Select(_ => MakeSentence(random.Next(16)))];
var embeddings = EmbeddingTable.FromRows([.. Enumerable.Range(0, 16).Select(_ => MakeEmbedding())]);
var mlContext = new MLContext(seed: 1);
var rows = mlContext.Data.CreateDiscriminatorRows(
    sentences, embeddings, new DiscriminatorRowOptions { WindowTokens = 8, Candidates = CandidateSource.Unigram, Seed = 1 });
var split = mlContext.Data.TrainTestSplit(rows, testFraction: 0.2, samplingKeyColumnName: "SequenceId", seed: 1);

// Trial 0 has the default options. Learning rates and weight decays are drawn by order of magnitude.
NextTokenDiscriminatorTrainer.Options[] trials = [MakeOptions(), .. Enumerable.Range(1, 5).Select(_ =>
{
    var options = MakeOptions();
    options.LearningRate = Math.Pow(10, -4 + 2 * random.NextDouble());
    options.WeightDecay = Math.Pow(10, -3 + 3 * random.NextDouble());
    options.Dropout = 0.3 * random.NextDouble();
    options.Layers = random.Next(1, 4);
    options.ModelDimension = 32 * random.Next(1, 4);
    return options;
})];

// The figures of a trial depend on neither the number of cores nor the other trials.
var results = new (double ValidationLoss, double HeldOutAuc)[trials.Length];
Parallel.For(0, trials.Length, trial =>
{
    var context = new MLContext(seed: 1);
    using var model = context.Transforms.NextTokenDiscriminator()
        .Append(context.BinaryClassification.Trainers.NextTokenDiscriminator(trials[trial]))
        .Fit(split.TrainSet);
    results[trial] = (
        model.LastTransformer.History.Min(epoch => epoch.MonitoredLoss),
        context.BinaryClassification.Evaluate(model.Transform(split.TestSet)).AreaUnderRocCurve);
});

// Choose by the validation rows. The held-out rows only tell what the choice is worth.
var best = Array.IndexOf(results, results.MinBy(result => result.ValidationLoss));
foreach (var trial in new[] { 0, best })
{
    Console.WriteLine(
        $"Trial {trial}: layers {trials[trial].Layers}, learning rate {trials[trial].LearningRate:F4}, dropout {trials[trial].Dropout:F2}: "
        + $"validation loss {results[trial].ValidationLoss:F2}, held-out AUC {results[trial].HeldOutAuc:F2}");
}

static NextTokenDiscriminatorTrainer.Options MakeOptions() => new() { SamplingKeyColumnName = "SequenceId", Epochs = 5, Seed = 1 };

int[] MakeSentence(int token) => [.. Enumerable.Range(0, 24).Select(_ => token = (token + random.Next(3)) % 16)];

float[] MakeEmbedding() => [.. Enumerable.Range(0, 32).Select(_ => random.NextSingle() - 0.5f)];

// Output:
// Trial 0: layers 2, learning rate 0.0020, dropout 0.10: validation loss 0.40, held-out AUC 0.98
// Trial 5: layers 2, learning rate 0.0027, dropout 0.10: validation loss 0.14, held-out AUC 1.00
