using System.Globalization;

namespace MlNetNtd;

/// <summary>An ONNX model of its own, opset 17, as the messages of its file.</summary>
/// <remarks>The numbers are those of the fields in ONNX's onnx.proto, whose names stand beside them.</remarks>
internal sealed class OnnxModel : OnnxGraph
{
    private const int OperatorSet = 17;

    // The first version of the format with operator set 17.
    private const int FormatVersion = 8;

    private readonly ProtobufMessage _nodes = new();
    private readonly ProtobufMessage _values = new();
    private readonly List<OnnxInitializer> _initializers = [];
    private readonly HashSet<string> _names = [];

    /// <summary>Gets the initializers.</summary>
    public IReadOnlyList<OnnxInitializer> Initializers => _initializers;

    /// <summary>Adds an input of the model.</summary>
    /// <param name="name">The name, which no other input or output has.</param>
    /// <param name="type">The type of the values.</param>
    /// <param name="description">A sentence for the user of the model.</param>
    /// <param name="sizes">The dimensions: a number, or a name for one that differs from call to call.</param>
    public void AddInput(string name, OnnxType type, string description, params object[] sizes)
    {
        _names.Add(name);
        _values.Add(11, ValueInfo(name, type, description, sizes));                 // GraphProto.input
    }

    /// <summary>Makes a tensor an output of the model.</summary>
    /// <param name="name">The name, which no other input or output has.</param>
    /// <param name="tensor">The tensor.</param>
    /// <param name="type">The type of the values.</param>
    /// <param name="description">A sentence for the user of the model.</param>
    /// <param name="sizes">The dimensions: a number, or a name for one that differs from call to call.</param>
    public void AddOutput(string name, string tensor, OnnxType type, string description, params object[] sizes)
    {
        _names.Add(name);
        AddNode("Identity", [tensor], name, []);
        _values.Add(12, ValueInfo(name, type, description, sizes));                 // GraphProto.output
    }

    /// <summary>Keeps a name for an output that is added later.</summary>
    public void Reserve(string name) => _names.Add(name);

    public override string AddInitializer(string name, float[] values, params long[] sizes)
    {
        var unique = MakeUnique(name);
        _initializers.Add(new OnnxInitializer(unique, OnnxType.Float, values, sizes));
        return unique;
    }

    public override string AddInitializer(string name, long[] values, bool isScalar)
    {
        var unique = MakeUnique(name);
        _initializers.Add(new OnnxInitializer(unique, OnnxType.Int64, values, isScalar ? [] : [values.Length]));
        return unique;
    }

    public override string AddNode(string operation, string[] inputs, params OnnxAttribute[] attributes)
    {
        var output = MakeUnique(operation);
        AddNode(operation, inputs, output, attributes);
        return output;
    }

    public override string Range(string count) => AddNode("Range", [Scalar(0L), AddNode("Squeeze", [count]), Scalar(1L)]);

    public override string LayerNorm(string input, string scale, string shift, float epsilon) =>
        AddNode("LayerNormalization", [input, scale, shift], new OnnxAttribute("axis", 2L), new OnnxAttribute("epsilon", epsilon));

    // Since opset 13 the axes are an input.
    public override string Sum(string input, long axis) => AddNode("ReduceSum", [input, Vector(axis)], new OnnxAttribute("keepdims", 1L));

    /// <summary>Creates the message of the model's file.</summary>
    /// <param name="description">The names and descriptions of the model.</param>
    /// <param name="external">The file that holds the larger initializers; null if the model holds all.</param>
    public ProtobufMessage CreateMessage(OnnxModelDescription description, OnnxExternalData? external)
    {
        var graph = new ProtobufMessage();
        graph.Append(_nodes);
        graph.Add(2, description.GraphName);                                        // GraphProto.name
        foreach (var initializer in _initializers)
            graph.Add(5, initializer.CreateMessage(external));                      // GraphProto.initializer
        graph.Append(_values);

        var model = new ProtobufMessage()
            .Add(1, FormatVersion)                                                  // ModelProto.ir_version
            .Add(2, description.ProducerName)                                       // ModelProto.producer_name
            .Add(3, description.ProducerVersion)                                    // ModelProto.producer_version
            .Add(6, description.Documentation)                                      // ModelProto.doc_string
            .Add(7, graph)                                                          // ModelProto.graph
            .Add(8, new ProtobufMessage().Add(1, "").Add(2, OperatorSet));          // ModelProto.opset_import: domain, version
        foreach (var (key, value) in description.Metadata)
            model.Add(14, new ProtobufMessage().Add(1, key).Add(2, value));         // ModelProto.metadata_props: key, value
        return model;
    }

    private static ProtobufMessage ValueInfo(string name, OnnxType type, string description, object[] sizes)
    {
        var shape = new ProtobufMessage();
        foreach (var size in sizes)
        {
            // TensorShapeProto.dim: dim_param or dim_value
            shape.Add(1, size is string axis ? new ProtobufMessage().Add(2, axis) : new ProtobufMessage().Add(1, Convert.ToInt64(size, CultureInfo.InvariantCulture)));
        }

        var tensor = new ProtobufMessage().Add(1, (long)type).Add(2, shape);        // TypeProto.Tensor: elem_type, shape
        return new ProtobufMessage()
            .Add(1, name)                                                           // ValueInfoProto.name
            .Add(2, new ProtobufMessage().Add(1, tensor))                           // ValueInfoProto.type: tensor_type
            .Add(3, description);                                                   // ValueInfoProto.doc_string
    }

    private void AddNode(string operation, string[] inputs, string output, OnnxAttribute[] attributes)
    {
        var node = new ProtobufMessage();
        foreach (var input in inputs)
            node.Add(1, input);                                                     // NodeProto.input
        node.Add(2, output).Add(3, output).Add(4, operation);                       // NodeProto.output, name, op_type
        foreach (var attribute in attributes)
            node.Add(5, Attribute(attribute));                                      // NodeProto.attribute
        _nodes.Add(1, node);                                                        // GraphProto.node
    }

    private static ProtobufMessage Attribute(OnnxAttribute attribute)
    {
        var message = new ProtobufMessage().Add(1, attribute.Name);                 // AttributeProto.name
        switch (attribute.Value)
        {
            case float value:
                return message.Add(2, value).Add(20, 1);                            // AttributeProto.f, type: FLOAT
            case long value:
                return message.Add(3, value).Add(20, 2);                            // AttributeProto.i, type: INT
            default:
                foreach (var value in (long[])attribute.Value)
                    message.Add(8, value);                                          // AttributeProto.ints
                return message.Add(20, 7);                                          // AttributeProto.type: INTS
        }
    }

    private string MakeUnique(string name)
    {
        var unique = name;
        for (var i = 1; !_names.Add(unique); i++)
            unique = $"{name}_{i}";
        return unique;
    }
}
