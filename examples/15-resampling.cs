#:project ../src/Package/MlNetNtd.csproj
#:property PublishAot=false

// Corrects a generator that stays as it is: of 8 draws for each position one is picked, by the discriminator's scores.
using Microsoft.ML;
using MlNetNtd;

// Sentences of 16 token ids: each id is followed by itself or by one of the next two. Embeddings are one-hot.
var random = new Random(1);
int[][] sentences = [.. Enumerable.Range(0, 400).Select(_ => MakeSentence(random.Next(16)))];
var embeddings = EmbeddingTable.FromRows([.. Enumerable.Range(0, 16).Select(MakeOneHot)]);

// The discriminator learns from the generator's draws, token by token.
var mlContext = new MLContext(seed: 1);
var rows = mlContext.Data.CreateDiscriminatorRows(sentences[..300], embeddings, new DiscriminatorRowOptions
{
    WindowTokens = 8,
    Candidates = CandidateSource.FromTokens((ids, random) => [.. ids.ToArray().SkipLast(1).Prepend(-1).Select(id => Draw(id, random))]),
});
var trainer = new NextTokenDiscriminatorTrainer.Options { LabelColumnName = "TokenLabels", SamplingKeyColumnName = "SequenceId", LearningRate = 3e-3 };
using var model = mlContext.Transforms.NextTokenDiscriminator()
    .Append(mlContext.BinaryClassification.Trainers.NextTokenDiscriminator(trainer)).Fit(rows);
using var zip = new MemoryStream();
mlContext.Model.Save(model, rows.Schema, zip);
var scorer = TokenScorer.LoadModel(zip);

// alpha weighs the scores: it is fitted on sentences that the discriminator has not seen, and tested on others.
int[][] validation = [.. sentences[300..350].Select(ids => ids[..8])], test = [.. sentences[350..].Select(ids => ids[..8])];
using var residual = new ResidualModel(Generate, scorer, id => embeddings[id], new ResidualModelOptions { VocabularySize = 16, Candidates = 8 });
var alpha = residual.Alpha = residual.FitAlpha(validation);
var losses = residual.Evaluate(test);
Console.WriteLine($"Perplexity of the generator {Math.Exp(losses.GeneratorLoss):F1}, of a pick of 8 at most {Math.Exp(losses.ResamplingLossUpperBound):F1}");
Console.WriteLine($"Tokens that may follow: {Share(0):F2} of the generator's, {Share(alpha):F2} of the picks");

// Without token ids: draws of your own, and a context that keeps keys and values.
using var context = scorer.CreateContext();
context.Append(embeddings[5]);
float[] candidates = [.. MakeOneHot(12), .. MakeOneHot(6), .. MakeOneHot(11)], scores = new float[3];
scorer.ScoreCandidates(context, candidates, scores);
Console.WriteLine($"Of 12, 6 and 11 after 5, draw {new CandidateResampler(alpha).Pick(scores, sequence: 0, position: 1)} is picked");
// The generator: one of eight ids follows, each as likely; -1 stands for the beginning, where all are.
static void Generate(ReadOnlySpan<int> context, Span<float> logits)
{
    for (var id = 0; id < 16; id++)
        logits[id] = context.IsEmpty || (id - context[^1] + 16) % 16 < 8 ? 0 : float.NegativeInfinity;
}

static int Draw(int before, Random random) => before < 0 ? random.Next(16) : (before + random.Next(8)) % 16;
static float[] MakeOneHot(int id) => [.. Enumerable.Range(0, 16).Select(i => i == id ? 1f : 0f)];
int[] MakeSentence(int token) => [.. Enumerable.Range(0, 16).Select(_ => token = (token + random.Next(3)) % 16)];
double Share(double alpha)
{
    residual.Alpha = alpha;
    return Enumerable.Range(0, 200).Select(i => residual.Generate(8, sequence: i)).SelectMany(ids => ids.Zip(ids.Skip(1))).Average(pair => (pair.Second - pair.First + 16) % 16 < 3 ? 1.0 : 0);
}

// Output:
// Perplexity of the generator 8.7, of a pick of 8 at most 4.1
// Tokens that may follow: 0.40 of the generator's, 0.96 of the picks
// Of 12, 6 and 11 after 5, draw 1 is picked
