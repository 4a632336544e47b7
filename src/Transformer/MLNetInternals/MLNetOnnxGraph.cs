using Microsoft.ML;
using Microsoft.ML.Model.OnnxConverter;
using Microsoft.ML.Runtime;

namespace MlNetNtd;

/// <summary>Writes to the ONNX model of ML.NET's <c>ConvertToOnnx</c>, whose columns are tensors of that model.</summary>
/// <param name="context">Marks errors.</param>
/// <param name="model">The model.</param>
internal sealed class MLNetOnnxGraph(IExceptionContext context, OnnxContext model) : OnnxGraph
{
    // A tensor's name hides the column of the same name from later transforms.
    private const string Prefix = "NextTokenDiscriminator.";

    // ML.NET's default is ai.onnx.ml.
    private const string DefaultDomain = "";

    public override string AddInitializer(string name, float[] values, params long[] sizes) => sizes.Length == 0
        ? model.AddInitializer(values[0], Prefix + name)
        : model.AddInitializer(values, sizes, Prefix + name);

    public override string AddInitializer(string name, long[] values, bool isScalar) => isScalar
        ? model.AddInitializer(values[0], Prefix + name)
        : model.AddInitializer(values, [values.Length], Prefix + name);

    public override string AddNode(string operation, string[] inputs, params OnnxAttribute[] attributes)
    {
        var output = model.AddIntermediateVariable(null, Prefix + operation, skip: true);
        var node = model.CreateNode(operation, inputs, [output], model.GetNodeName(operation), DefaultDomain);
        foreach (var attribute in attributes)
        {
            if (attribute.Value is long[] numbers)
                node.AddAttribute(attribute.Name, numbers);
            else
                node.AddAttribute(attribute.Name, (long)attribute.Value);
        }

        return output;
    }

    /// <summary>Gets the tensor of an input column: (B, n), or (B, ...) with the dimensions of its type.</summary>
    /// <exception cref="InvalidOperationException">The column has no tensor, because the transform that adds it has no ONNX form.</exception>
    public string GetInput(DataViewSchema.Column column) => model.ContainsColumn(column.Name)
        ? model.GetVariableName(column.Name)
        : throw context.Unable(
            $"ConvertToOnnx, column '{column.Name}': expected a column of the input data or of a transform with an ONNX form, found one of a transform that ML.NET cannot convert.");

    /// <summary>Makes a tensor the value of an added column.</summary>
    public void SetOutput(DataViewSchema.Column column, string tensor) =>
        model.CreateNode("Identity", tensor, model.AddIntermediateVariable(column.Type, column.Name), model.GetNodeName("Identity"), DefaultDomain);
}
