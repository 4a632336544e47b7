using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Model.OnnxConverter;

namespace MlNetNtd;

/// <summary>
/// What ML.NET's <c>ConvertToOnnx</c> is told. It walks the views of a chain back from the last one; a view that takes no part in
/// the walk ends it there, and what was found so far is written as a model without a word of what is missing.
/// </summary>
internal abstract partial class AppendingDataView : ITransformCanSaveOnnx
{
    IDataView IDataTransform.Source => input;

    /// <summary>What makes the view's own columns, as a user calls it.</summary>
    protected abstract string Maker { get; }

    bool ICanSaveOnnx.CanSaveOnnx(OnnxContext ctx) => throw NoOnnx();

    void ISaveAsOnnx.SaveAsOnnx(OnnxContext ctx) => throw NoOnnx();

    // Models of earlier versions hold views; ours are saved as the transformers that make them.
    void ICanSaveModel.Save(ModelSaveContext ctx) =>
        throw context.Unable($"Column '{OwnColumn}': expected the transformer to be saved, found its view. Save the model with mlContext.Model.Save.");

    private string OwnColumn => schema.Output[^1].Name;

    private Exception NoOnnx() => context.Unable(
        $"ConvertToOnnx, column '{OwnColumn}': expected a transform with an ONNX form, found {Maker}, which has none yet. Save the model with mlContext.Model.Save.");
}
