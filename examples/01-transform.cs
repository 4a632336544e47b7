#:project ../src/Package/MlNetNtd.csproj
#:property PublishAot=false

// Combines real and generated embeddings into one sequence with its attention mask. The transform needs no native libtorch.
using Microsoft.ML;
using Microsoft.ML.Data;
using MlNetNtd;

// A row of T = 2 tokens of C = 3 values: the real embeddings, and what a generator predicts for the same tokens. Both columns
// hold the same positions: the transform shifts the real ones itself.
Row[] rows = [new([1, 2, 3, 4, 5, 6], [10, 20, 30, 40, 50, 60])];

var mlContext = new MLContext();
var data = mlContext.Data.LoadFromEnumerable(rows);
using var transformer = mlContext.Transforms.NextTokenDiscriminator().Fit(data);
var transformed = transformer.Transform(data);

float[] combined = transformed.GetColumn<float[]>("Combined").Single();     // (2T, C), row-major
bool[] mask = transformed.GetColumn<bool[]>("Mask").Single();               // (2T, 2T), true where a query may not attend a key
string[] positions = ["initial embedding", "real token 0", "candidate 0", "candidate 1"];
for (var query = 0; query < 4; query++)
{
    var values = string.Join(' ', combined.Skip(3 * query).Take(3));
    var keys = string.Join(' ', mask.Skip(4 * query).Take(4).Select(blocked => blocked ? '.' : 'o'));
    Console.WriteLine($"{positions[query],-17}  {values,-8}  attends {keys}");
}

// Rows of one length share one mask. It is also an annotation of the combined column; MaskColumnName = "" leaves it only there.
if (transformed.Schema.TryGetAttentionMask("Combined", out bool[]? shared))
    Console.WriteLine($"The annotation holds the same {shared.Length} values: {shared.SequenceEqual(mask)}");

// Rows of different lengths, padded to one size, with the mask that TorchSharp's nn.MultiheadAttention adds to its scores.
Sentence[] sentences = [new([1, 2, 3], [10, 20, 30]), new([1, 2, 3, 4, 5, 6], [10, 20, 30, 40, 50, 60])];
using var padding = mlContext.Transforms.NextTokenDiscriminator(new NextTokenDiscriminatorEstimator.Options
{
    EmbeddingDimension = 3,
    MaxTokens = 4,
    PadToMaxTokens = true,
    MaskKind = MaskKind.Additive,
    TokenCountColumnName = "Tokens",
}).Fit(mlContext.Data.LoadFromEnumerable(sentences));
var padded = padding.Transform(mlContext.Data.LoadFromEnumerable(sentences));
Console.WriteLine($"Combined is {padded.Schema["Combined"].Type}, Mask is {padded.Schema["Mask"].Type}");
Console.WriteLine($"Tokens of the rows: {string.Join(' ', padded.GetColumn<int>("Tokens"))}");

internal sealed record Row(
    [property: VectorType(2, 3)] float[] PreviousEmbeddings, [property: VectorType(2, 3)] float[] CurrentEmbeddings);

internal sealed record Sentence(float[] PreviousEmbeddings, float[] CurrentEmbeddings);

// Output:
// initial embedding  0 0 0     attends o . . .
// real token 0       1 2 3     attends o o . .
// candidate 0        10 20 30  attends o . o .
// candidate 1        40 50 60  attends o o . o
// The annotation holds the same 16 values: True
// Combined is Vector<Single, 8, 3>, Mask is Vector<Single, 8, 8>
// Tokens of the rows: 1 2
