#:project ../src/Package/MlNetNtd.csproj
#:project ../src/Onnx/MlNetNtd.Onnx.csproj
#:package Microsoft.ML.OnnxConverter
#:package Microsoft.ML.OnnxRuntime
#:property PublishAot=false

// Converts a trained pipeline to ONNX, by ML.NET's ConvertToOnnx and by SaveAsOnnx, and runs both models in ONNX Runtime alone.
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using MlNetNtd;

// Rows of 4 tokens of 8 values. Real tokens rise; the candidates of a generated row fall.
const int Tokens = 4, Dimension = 8;
var random = new Random(1);
Row[] rows = [.. Enumerable.Range(0, 400).Select(i => MakeRow(label: i % 2 == 0))];

var mlContext = new MLContext(seed: 1);
using var model = mlContext.Transforms.NextTokenDiscriminator()
    .Append(mlContext.BinaryClassification.Trainers.NextTokenDiscriminator(
        new NextTokenDiscriminatorTrainer.Options { LabelColumnName = "Label", Epochs = 5 }))
    .Fit(mlContext.Data.LoadFromEnumerable(rows));

// ConvertToOnnx converts the whole pipeline. The inputs of the model are the columns of this empty view, which has no labels.
using (var file = File.Create("pipeline.onnx"))
    mlContext.Model.ConvertToOnnx(model, mlContext.Data.LoadFromEnumerable(Array.Empty<Embeddings>()), file, "Probability");

// The model needs only ONNX Runtime. A batch of two rows: the first is real, the second generated.
using (var session = new InferenceSession("pipeline.onnx"))
{
    using var scores = session.Run([Input("PreviousEmbeddings", row => row.PreviousEmbeddings, rows[..2]),
        Input("CurrentEmbeddings", row => row.CurrentEmbeddings, rows[..2])]);
    Print("pipeline.onnx", scores, "Probability.output");
}

// SaveAsOnnx of MlNetNtd.Onnx writes a model of opset 17 that accepts rows of any length in batches of any size.
var transformer = model.OfType<NextTokenDiscriminatorTransformer>().Single();
model.LastTransformer.SaveAsOnnx("scorer.onnx", new() { Transformer = transformer });
using (var session = new InferenceSession("scorer.onnx"))
{
    using var scores = session.Run([Input("PreviousEmbeddings", row => row.PreviousEmbeddings, rows[..2]),
        Input("CurrentEmbeddings", row => row.CurrentEmbeddings, rows[..2])]);
    Print("scorer.onnx", scores, "Probability");
}

NamedOnnxValue Input(string name, Func<Row, float[]> values, Row[] batch) => NamedOnnxValue.CreateFromTensor(
    name, new DenseTensor<float>(batch.SelectMany(values).ToArray(), [batch.Length, Tokens, Dimension]));

void Print(string file, IReadOnlyCollection<DisposableNamedOnnxValue> scores, string name) => Console.WriteLine(
    $"{file}: {string.Join(" and ", scores.Single(score => score.Name == name).AsTensor<float>().Select(value => $"{value:F2}"))}");

Row MakeRow(bool label)
{
    float[] real = MakeTokens(random.NextSingle(), step: 0.25f);
    float[] candidates = label ? [.. real] : MakeTokens(random.NextSingle(), step: -0.25f);
    return new() { Label = label, PreviousEmbeddings = real, CurrentEmbeddings = candidates };
}

static float[] MakeTokens(float first, float step) => [.. Enumerable.Range(0, Tokens).SelectMany(i => Enumerable.Repeat(first + i * step, Dimension))];

internal class Embeddings
{
    [VectorType(4, 8)]
    public float[] PreviousEmbeddings { get; set; } = [];

    [VectorType(4, 8)]
    public float[] CurrentEmbeddings { get; set; } = [];
}

internal sealed class Row : Embeddings
{
    public bool Label { get; set; }
}

// Output:
// pipeline.onnx: 0.96 and 0.11
// scorer.onnx: 0.96 and 0.11
