using Microsoft.ML;
using Microsoft.ML.Data;

Row[] rows = [new([1, 2, 3, 4, 5, 6, 7, 8], [10, 20, 30, 40, 50, 60, 70, 80])];

// <README>
var mlContext = new MLContext(seed: 1);
var data = mlContext.Data.LoadFromEnumerable(rows); // PreviousEmbeddings, CurrentEmbeddings: Vector<Single, T, 4>
var pipeline = mlContext.Transforms
    .NextTokenDiscriminator(embeddingDimension: 4, maxTokens: 128)
    .Append(mlContext.Transforms.CopyColumns("Features", "Combined"));
var model = pipeline.Fit(data);
var combined = model.Transform(data).GetColumn<float[]>("Features").First(); // 2T * 4 values
mlContext.Model.Save(model, data.Schema, "model.zip");
var reloaded = new MLContext().Model.Load("model.zip", out var schema); // no registration, in any process
// </README>

Console.WriteLine($"combined: {string.Join(" ", combined)}");
Console.WriteLine($"reloaded: {reloaded.GetOutputSchema(schema)["Features"].Type}");

internal sealed record Row(
    [property: VectorType(2, 4)] float[] PreviousEmbeddings,
    [property: VectorType(2, 4)] float[] CurrentEmbeddings);
