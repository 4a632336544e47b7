using Microsoft.ML;
using Microsoft.ML.Data;

// A row of two tokens of four dimensions: the true embeddings, and a generator's predictions of them.
Row[] rows = [new([1, 2, 3, 4, 5, 6, 7, 8], [10, 20, 30, 40, 50, 60, 70, 80])];

var mlContext = new MLContext(seed: 1);
var data = mlContext.Data.LoadFromEnumerable(rows);
var pipeline = mlContext.Transforms
    .NextTokenDiscriminator(embeddingDimension: 4, maxTokens: 128)
    .Append(mlContext.Transforms.CopyColumns("Features", "Combined"));
var model = pipeline.Fit(data);
mlContext.Model.Save(model, data.Schema, "model.zip");

var reloaded = new MLContext().Model.Load("model.zip", out var schema); // no registration, in any process
var combined = reloaded.Transform(data).GetColumn<float[]>("Features").First(); // 2T * 4 values
Console.WriteLine(string.Join(" ", combined)); // 0 0 0 0 1 2 3 4 10 20 30 40 50 60 70 80

internal sealed record Row(
    [property: VectorType(2, 4)] float[] PreviousEmbeddings,
    [property: VectorType(2, 4)] float[] CurrentEmbeddings);
