#:project ../src/Package/MlNetNtd.csproj
#:property PublishAot=false

// Checks a model zip from elsewhere before ML.NET loads the assemblies that it names and trusts the numbers in it.
using Microsoft.ML;
using Microsoft.ML.Data;
using MlNetNtd;

// A model as a stranger might send it: the transform, and an expression that ML.NET would compile while it loads.
var mlContext = new MLContext(seed: 1);
var data = mlContext.Data.LoadFromEnumerable([new Row([1, 2, 3, 4], [5, 6, 7, 8], 0.5f)]);
using var model = mlContext.Transforms.NextTokenDiscriminator(embeddingDimension: 2)
    .Append(mlContext.Transforms.Expression("Twice", "x => 2 * x", "Weight"))
    .Fit(data);
mlContext.Model.Save(model, data.Schema, "stranger.zip");

// Read the file once, so that nothing changes it between the check and the load.
using var stream = new MemoryStream(File.ReadAllBytes("stranger.zip"));
File.Delete("stranger.zip");
try
{
    ModelFileInspector.Inspect(stream);
}
catch (ModelFileException error)
{
    Console.WriteLine($"Refused: {error.Message}");
}

// A stage that cannot be checked passes only by name. A custom mapping's assembly goes to AllowedAssemblies.
var options = new ModelFileOptions();
options.AllowedStages.Add("ExprTransform");
var description = ModelFileInspector.Inspect(stream, options);
foreach (var stage in description.Stages)
    Console.WriteLine($"Stage {stage.LoaderSignature} of {stage.AssemblyName}");
foreach (var column in description.Schema)
    Console.WriteLine($"Column {column.Name}: {column.ItemType} ({string.Join(", ", column.Dimensions)})");

// Now it may be loaded.
using var loaded = (IDisposable)mlContext.Model.Load(stream, out _);
Console.WriteLine($"Loaded: {((ITransformer)loaded).GetOutputSchema(data.Schema).Count} columns");

// A file that was cut off on its way is refused, not loaded in part.
try
{
    ModelFileInspector.Inspect(new MemoryStream(stream.ToArray()[..1000]));
}
catch (ModelFileException error)
{
    Console.WriteLine($"Refused: {error.Message}");
}

internal sealed record Row(
    [property: VectorType(2, 2)] float[] PreviousEmbeddings, [property: VectorType(2, 2)] float[] CurrentEmbeddings, float Weight);

// Output:
// Refused: Model file refused: TransformerChain/Transform_001/Model.key, loader: expected a stage whose bytes can be checked, or one of ModelFileOptions.AllowedStages, found 'ExprTransform'.
// Stage TransformerChain of Microsoft.ML.Data, Version=1.0.0.0, Culture=neutral, PublicKeyToken=cc7b13ffcd2ddd51
// Stage NextTokenDiscriminator of MlNetNtd.Transformer, Version=0.1.0.0, Culture=neutral, PublicKeyToken=null
// Stage ExprTransform of Microsoft.ML.Transforms, Version=1.0.0.0, Culture=neutral, PublicKeyToken=cc7b13ffcd2ddd51
// Column PreviousEmbeddings: Single (2, 2)
// Column CurrentEmbeddings: Single (2, 2)
// Column Weight: Single ()
// Loaded: 6 columns
// Refused: Model file refused: (zip), end: expected the directory's end, and nothing but a comment behind it, found something else.
