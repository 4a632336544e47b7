#:project ../src/Package/MlNetNtd.csproj
#:property PublishAot=false

// Picks the likeliest of four candidates of each letter, by a discriminator that is trained to rank them, beside a bigram model.
using Microsoft.ML;
using MlNetNtd;

// A small language, letter by letter. Yours comes from files. Embeddings are one-hot.
const int K = 4;
const string alphabet = " abcdefghijklmnopqrstuvwxyz";
var random = new Random(1);
string[] nouns = ["cat", "dog", "child", "horse", "hare", "donkey"], verbs = ["sees", "follows", "finds", "hears", "fears"];
string[] places = ["in the garden", "behind the house", "on the road", "in the forest", "beside the road"];
string[] texts = [.. Enumerable.Range(0, 600).Select(_ => $"the {Pick(nouns)} {Pick(verbs)} a {Pick(nouns)} {Pick(places)}")];
int[][] sequences = [.. texts.Select(text => text.Select(letter => alphabet.IndexOf(letter)).ToArray())];
var embeddings = EmbeddingTable.FromRows([.. alphabet.Select(letter => alphabet.Select(other => other == letter ? 1f : 0f).ToArray())]);

// Each letter has K candidates: itself, at a random place, and K - 1 other letters, drawn by their frequency in the text.
int[] letters = [.. sequences[..500].SelectMany(ids => ids)];
var mlContext = new MLContext(seed: 1);
var options = new DiscriminatorRowOptions
{
    WindowTokens = 24,
    CandidatesPerToken = K,
    Candidates = CandidateSource.FromTokens((ids, random) => [.. ids.ToArray().Select(id => DrawOther(id, random))]),
    Seed = 1,
};
var trainingRows = mlContext.Data.CreateDiscriminatorRows(sequences[..500], embeddings, options);
using var model = mlContext.Transforms.NextTokenDiscriminator()
    .Append(mlContext.BinaryClassification.Trainers.NextTokenDiscriminator(new NextTokenDiscriminatorTrainer.Options
    {
        LabelColumnName = "TokenLabels",
        LossKind = LossKind.RankingNce,         // one of the K is true: a softmax over them
        SamplingKeyColumnName = "SequenceId",
        LearningRate = 3e-3,
        Epochs = 20,
    }))
    .Fit(trainingRows);

// Held-out texts. TokenScores are (T, K), in the order of the candidates. The bigram model counts pairs of letters in the training texts.
var testRows = mlContext.Data.CreateDiscriminatorRows(sequences[500..], embeddings, options);
var scored = mlContext.Data.CreateEnumerable<ScoredRow>(model.Transform(testRows), reuseRowObject: false).ToArray();
var pairs = sequences[..500].SelectMany(ids => ids.Prepend(-1).Zip(ids)).CountBy(pair => pair).ToDictionary();
Console.WriteLine($"Picks that are real: {1.0 / K:F2} by chance, {Accuracy(CountPairs):F2} by a bigram model, {Accuracy(row => row.TokenScores):F2} by the discriminator");

// The softmax over the candidates of a letter is the probability that each is the real one.
for (var t = 4; t < 8; t++)
{
    double[] odds = [.. scored[0].TokenScores[(t * K)..(t * K + K)].Select(score => Math.Exp(score))];
    var list = odds.Select((value, k) => $"'{alphabet[IdAt(scored[0].CurrentEmbeddings, t * K + k)]}' {value / odds.Sum():F2}");
    Console.WriteLine($"After '{texts[500][..t]}': {string.Join(", ", list)}");
}

string Pick(string[] words) => words[random.Next(words.Length)];
int DrawOther(int id, Random random)
{
    var drawn = letters[random.Next(letters.Length)];
    return drawn == id ? DrawOther(id, random) : drawn;
}

int IdAt(float[] values, int token) => Array.IndexOf(values, 1f, token * alphabet.Length) - token * alphabet.Length;
float[] CountPairs(ScoredRow row) => [.. Enumerable.Range(0, row.TokenLabels.Length).Select(i => (float)pairs.GetValueOrDefault(
    (i < K ? -1 : IdAt(row.PreviousEmbeddings, i / K - 1), IdAt(row.CurrentEmbeddings, i))))];
double Accuracy(Func<ScoredRow, float[]> score) => scored.SelectMany(row => score(row).Chunk(K).Zip(
    row.TokenLabels.Chunk(K), (scores, labels) => labels[Array.IndexOf(scores, scores.Max())] ? 1.0 : 0)).Average();

internal sealed class ScoredRow
{
    public float[] PreviousEmbeddings { get; set; } = [];
    public float[] CurrentEmbeddings { get; set; } = [];
    public bool[] TokenLabels { get; set; } = [];
    public float[] TokenScores { get; set; } = [];
}

// Output:
// Picks that are real: 0.25 by chance, 0.75 by a bigram model, 0.98 by the discriminator
// After 'the ': 'l' 0.00, 'h' 1.00, 'n' 0.00, 'i' 0.00
// After 'the h': 'o' 1.00, 't' 0.00, 'd' 0.00, 'e' 0.00
// After 'the ho': ' ' 0.00, 'a' 0.00, 'r' 1.00, ' ' 0.00
// After 'the hor': 's' 1.00, 'r' 0.00, 't' 0.00, 'w' 0.00
