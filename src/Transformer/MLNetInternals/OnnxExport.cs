using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Model.OnnxConverter;

namespace MlNetNtd;

/// <summary>
/// Makes ML.NET's <c>ConvertToOnnx</c> fail with a clear error. It walks the views of a chain backward from the last one. A view that
/// does not implement its interface ends the walk, and ML.NET then silently writes an incomplete model.
/// </summary>
internal abstract partial class AppendingDataView : ITransformCanSaveOnnx
{
    IDataView IDataTransform.Source => input;

    /// <summary>The API name of the transform that adds the columns, for errors.</summary>
    protected abstract string TransformName { get; }

    bool ICanSaveOnnx.CanSaveOnnx(OnnxContext ctx) => throw NoOnnx();

    void ISaveAsOnnx.SaveAsOnnx(OnnxContext ctx) => throw NoOnnx();

    // The models of old ML.NET versions hold views. This library saves the transformers that create them.
    void ICanSaveModel.Save(ModelSaveContext ctx) =>
        throw context.Unable($"Column '{AddedColumn}': expected the transformer to be saved, found its view. Save the model with mlContext.Model.Save.");

    private string AddedColumn => schema.Output[^1].Name;

    private Exception NoOnnx() => context.Unable(
        $"ConvertToOnnx, column '{AddedColumn}': expected a transform with an ONNX form, found {TransformName}, which has none yet. Save the model with mlContext.Model.Save.");
}
