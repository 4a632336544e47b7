using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Model.OnnxConverter;

namespace MlNetNtd;

/// <summary>
/// Takes part in ML.NET's <c>ConvertToOnnx</c>, which walks the views of a chain backward from the last one and lets each write its
/// columns. A view that does not implement the interface ends the walk, and ML.NET then silently writes an incomplete model.
/// </summary>
internal abstract partial class AppendingDataView : ITransformCanSaveOnnx
{
    IDataView IDataTransform.Source => input;

    /// <summary>Describes why the added columns have no ONNX form, as one sentence or two; null if they have one.</summary>
    protected abstract string? FindOnnxProblem();

    /// <summary>Writes the added columns.</summary>
    protected abstract void WriteOnnx(MLNetOnnxGraph graph);

    // ML.NET's own error, where this is false, names no column and no cause.
    bool ICanSaveOnnx.CanSaveOnnx(OnnxContext ctx) =>
        FindOnnxProblem() is { } problem ? throw context.Unable($"ConvertToOnnx, {problem}") : true;

    void ISaveAsOnnx.SaveAsOnnx(OnnxContext ctx) => WriteOnnx(new MLNetOnnxGraph(context, ctx));

    // The models of old ML.NET versions hold views. This library saves the transformers that create them.
    void ICanSaveModel.Save(ModelSaveContext ctx) => throw context.Unable(
        $"Column '{schema.Output[^1].Name}': expected the transformer to be saved, found its view. Save the model with mlContext.Model.Save.");
}
