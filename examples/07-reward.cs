#:project ../src/Package/MlNetNtd.csproj
#:property PublishAot=false
#:property UsesNativeTorch=true

// Trains a generator that draws tokens, so that no gradient reaches it: the discriminator's token scores are its reward.
using Microsoft.ML;
using MlNetNtd;

// Sentences of 16 token ids: each id is followed by itself or by one of the next two. Embeddings are one-hot.
var random = new Random(1);
int[][] sentences = [.. Enumerable.Range(0, 100).Select(_ => MakeSentence(random.Next(16)))];
var embeddings = EmbeddingTable.FromRows([.. Enumerable.Range(0, 16).Select(MakeOneHot)]);

// The generator is a table: logits[a, b] for token b after token a. All tokens are equally likely to begin with.
var logits = new double[16, 16];
var mlContext = new MLContext(seed: 1);
var config = new DiscriminatorConfig { EmbeddingDimension = 16, MaxTokens = 8, ModelDimension = 32, Layers = 1, Dropout = 0 };
using var network = new DiscriminatorNetwork(config, seed: 1);
using var learner = new DiscriminatorLearner(network, new DiscriminatorLearnerOptions { LearningRate = 2e-3 });
var trainer = mlContext.BinaryClassification.Trainers.NextTokenDiscriminator(labelColumnName: "Label");

for (var round = 0; round <= 30; round++)
{
    // In a generated row, each token is drawn by the generator, given the real token before it.
    var rows = mlContext.Data.CreateDiscriminatorRows(sentences, embeddings, new DiscriminatorRowOptions
    {
        WindowTokens = 8,
        Candidates = CandidateSource.FromTokens((ids, random) => [.. ids.ToArray().SkipLast(1).Prepend(0).Select(id => Draw(id, random))]),
        Seed = round,
    });
    using var transformer = mlContext.Transforms.NextTokenDiscriminator().Fit(rows);

    // The discriminator learns from real and generated rows. Each token has the label of its row.
    foreach (var batch in transformer.ToBatches(rows, new SequenceBatchOptions { ScalarColumnNames = ["Label"], ShuffleSeed = round }))
    {
        using var _ = batch;
        using var labels = batch.Scalars["Label"].unsqueeze(1).expand(batch.Rows, 8);
        learner.Step(batch, labels);
    }

    // A scorer around the same network scores the generated tokens.
    using var scorer = trainer.CreateScorer(network);
    var scored = mlContext.Data.CreateEnumerable<ScoredRow>(scorer.Transform(transformer.Transform(rows)), reuseRowObject: false);
    var draws = scored.Where(row => !row.Label).SelectMany(row => Enumerable.Range(1, 7).Select(i =>
        (Before: IdAt(row.PreviousEmbeddings, i - 1), Token: IdAt(row.CurrentEmbeddings, i), Reward: row.TokenScores[i]))).ToArray();
    var right = draws.Count(draw => (draw.Token - draw.Before + 16) % 16 < 3) / (double)draws.Length;
    if (round % 10 == 0)
        Console.WriteLine($"Round {round}: {right:F1} of the drawn tokens may follow the token before");
    // Policy gradient: what scores better than the mean becomes likelier.
    var mean = draws.Average(draw => draw.Reward);
    foreach (var (before, token, reward) in draws)
    {
        var sum = Enumerable.Range(0, 16).Sum(id => Math.Exp(logits[before, id]));
        double[] probabilities = [.. Enumerable.Range(0, 16).Select(id => Math.Exp(logits[before, id]) / sum)];
        foreach (var (id, probability) in probabilities.Index())
            logits[before, id] += 0.02 * (reward - mean) * ((id == token ? 1 : 0) - probability);
    }
}

// The largest of the logits with Gumbel noise is a draw by their softmax.
int Draw(int before, Random random) => Enumerable.Range(0, 16).MaxBy(id => logits[before, id] - Math.Log(-Math.Log(random.NextDouble())));

static float[] MakeOneHot(int id) => [.. Enumerable.Range(0, 16).Select(i => i == id ? 1f : 0f)];
static int IdAt(float[] embeddings, int i) => embeddings.AsSpan(16 * i, 16).IndexOf(1f);
int[] MakeSentence(int token) => [.. Enumerable.Range(0, 16).Select(_ => token = (token + random.Next(3)) % 16)];

internal sealed class ScoredRow
{
    public bool Label { get; set; }
    public float[] PreviousEmbeddings { get; set; } = [];
    public float[] CurrentEmbeddings { get; set; } = [];
    public float[] TokenScores { get; set; } = [];
}

// Output:
// Round 0: 0.2 of the drawn tokens may follow the token before
// Round 10: 0.3 of the drawn tokens may follow the token before
// Round 20: 0.9 of the drawn tokens may follow the token before
// Round 30: 0.9 of the drawn tokens may follow the token before
