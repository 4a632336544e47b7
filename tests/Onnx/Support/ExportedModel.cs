using Microsoft.ML;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;

namespace MlNetNtd.Tests;

/// <summary>The file that <c>SaveAsOnnx</c> writes, in ONNX Runtime.</summary>
internal sealed class ExportedModel : IDisposable
{
    private ExportedModel(string path) => Session = new InferenceSession(path);

    public InferenceSession Session { get; }

    /// <summary>Saves a scorer and passes the model.</summary>
    public static void Use(NextTokenDiscriminatorScorer scorer, OnnxExportOptions? options, Action<ExportedModel> use) => TemporaryFile.Use(path =>
    {
        scorer.SaveAsOnnx(path, options);
        using var model = new ExportedModel(path);
        use(model);
    });

    /// <summary>Opens a model.</summary>
    public static ExportedModel Open(string path) => new(path);

    /// <summary>Runs the model and returns the values of all outputs by name.</summary>
    public Dictionary<string, Array> Run(params (string Name, Array Values, int[] Sizes)[] inputs)
    {
        var values = inputs.Select(input => input.Values is float[] floats
            ? NamedOnnxValue.CreateFromTensor(input.Name, new DenseTensor<float>(floats, input.Sizes))
            : NamedOnnxValue.CreateFromTensor(input.Name, new DenseTensor<int>((int[])input.Values, input.Sizes)));
        using var results = Session.Run([.. values]);
        return results.ToDictionary(result => result.Name, result => result.Value switch
        {
            Tensor<float> floats => (Array)floats.ToArray(),
            Tensor<bool> flags => flags.ToArray(),
            _ => throw new AssertFailedException($"Expected floats or Booleans, found {result.ValueType}."),
        });
    }

    public void Dispose() => Session.Dispose();
}
