namespace MlNetNtd;

/// <summary>
/// An ONNX graph under construction. Tensors are identified by their names. Two files are written through it: the model of ML.NET's
/// <c>ConvertToOnnx</c>, opset 9 to 12, and the one of MlNetNtd.Onnx, opset 17.
/// </summary>
/// <remarks>
/// The operators of this class have the same inputs and attributes in opsets 9 to 17. A backend overrides what a later opset does
/// better. Axes are not negative, because opset 9 has no negative ones.
/// </remarks>
internal abstract class OnnxGraph
{
    private readonly Dictionary<string, string> _small = [];

    /// <summary>Adds an initializer of 32-bit floats.</summary>
    /// <param name="name">The name, made unique if it is taken.</param>
    /// <param name="values">The values, row-major.</param>
    /// <param name="sizes">The dimensions; none for a scalar.</param>
    /// <returns>The tensor's name.</returns>
    public abstract string AddInitializer(string name, float[] values, params long[] sizes);

    /// <summary>Adds an initializer of 64-bit integers.</summary>
    /// <param name="name">The name, made unique if it is taken.</param>
    /// <param name="values">The values.</param>
    /// <param name="isScalar">Whether the tensor has no dimension; otherwise it has one.</param>
    /// <returns>The tensor's name.</returns>
    public abstract string AddInitializer(string name, long[] values, bool isScalar);

    /// <summary>Adds a node with one output.</summary>
    /// <param name="operation">The name of an operator of the default domain.</param>
    /// <param name="inputs">The names of the inputs.</param>
    /// <param name="attributes">The attributes.</param>
    /// <returns>The name of the output.</returns>
    public abstract string AddNode(string operation, string[] inputs, params OnnxAttribute[] attributes);

    /// <summary>Gets a scalar. The graph holds each value once.</summary>
    public string Scalar(float value) =>
        Share(FormattableString.Invariant($"f{value:R}"), () => AddInitializer("scalar", [value]));

    /// <summary>Gets a scalar. The graph holds each value once.</summary>
    public string Scalar(long value) => Share($"i{value}", () => AddInitializer("index", [value], isScalar: true));

    /// <summary>Gets a vector. The graph holds each once.</summary>
    public string Vector(params long[] values) => Share(string.Join(',', values), () => AddInitializer("vector", values, isScalar: false));

    /// <summary>Creates 0 to <paramref name="count"/> - 1.</summary>
    /// <param name="count">One 64-bit integer, (1).</param>
    /// <returns>64-bit integers, (count).</returns>
    // Opsets 9 and 10 have no Range.
    public virtual string Range(string count) =>
        Reshape(AddNode("NonZero", [Add(AddNode("ConstantOfShape", [count]), Scalar(1f))]), -1);

    /// <summary>Normalizes the last dimension to mean 0 and deviation 1, then applies a scale and a shift.</summary>
    /// <param name="input">A tensor of rank 3.</param>
    /// <param name="scale">The scale, (D).</param>
    /// <param name="shift">The shift, (D).</param>
    /// <param name="epsilon">The value added to the variance.</param>
    public virtual string LayerNorm(string input, string scale, string shift, float epsilon)
    {
        var centered = AddNode("Sub", [input, Mean(input)]);
        var deviation = AddNode("Sqrt", [Add(Mean(Multiply(centered, centered)), Scalar(epsilon))]);
        return Add(Multiply(Divide(centered, deviation), scale), shift);

        string Mean(string x) => Reduce("ReduceMean", x, 2);
    }

    /// <summary>Sums along an axis, which keeps a size of 1.</summary>
    public virtual string Sum(string input, long axis) => Reduce("ReduceSum", input, axis);

    /// <summary>Gets the size of one dimension: one 64-bit integer, (1).</summary>
    public string Size(string input, long axis) => Gather(AddNode("Shape", [input]), Vector(axis), 0);

    public string Add(string left, string right) => AddNode("Add", [left, right]);

    public string Multiply(string left, string right) => AddNode("Mul", [left, right]);

    public string Divide(string left, string right) => AddNode("Div", [left, right]);

    public string MatMul(string left, string right) => AddNode("MatMul", [left, right]);

    public string Greater(string left, string right) => AddNode("Greater", [left, right]);

    public string Less(string left, string right) => AddNode("Less", [left, right]);

    public string Not(string input) => AddNode("Not", [input]);

    public string And(string left, string right) => AddNode("And", [left, right]);

    public string Where(string condition, string ifTrue, string ifFalse) => AddNode("Where", [condition, ifTrue, ifFalse]);

    /// <summary>Changes the shape.</summary>
    /// <param name="input">A tensor.</param>
    /// <param name="sizes">The dimensions. 0 copies the one at the same index; -1 is the one that remains.</param>
    public string Reshape(string input, params long[] sizes) => AddNode("Reshape", [input, Vector(sizes)]);

    public string Transpose(string input, params long[] axes) => AddNode("Transpose", [input], new OnnxAttribute("perm", axes));

    /// <summary>Takes slices along an axis. Running the model fails if an index is out of range.</summary>
    /// <param name="input">A tensor.</param>
    /// <param name="indexes">64-bit integers. A scalar removes the axis.</param>
    /// <param name="axis">The axis.</param>
    public string Gather(string input, string indexes, long axis) => AddNode("Gather", [input, indexes], new OnnxAttribute("axis", axis));

    /// <summary>Joins tensors along an axis. Running the model fails if they differ in another one.</summary>
    public string Concat(long axis, params string[] inputs) => AddNode("Concat", inputs, new OnnxAttribute("axis", axis));

    /// <summary>Repeats a tensor to the common shape of its own and a given one.</summary>
    public string Expand(string input, string shape) => AddNode("Expand", [input, shape]);

    public string Cast(string input, OnnxType type) => AddNode("Cast", [input], new OnnxAttribute("to", (long)type));

    /// <summary>Computes the softmax over the last of four dimensions.</summary>
    // Before opset 13 the axis is where the rows of a matrix begin, which is the same for the last axis.
    public string Softmax(string input) => AddNode("Softmax", [input], new OnnxAttribute("axis", 3L));

    public string Sigmoid(string input) => AddNode("Sigmoid", [input]);

    /// <summary>Computes GELU by the error function, in the form that runtimes recognize and compute at once.</summary>
    public string Gelu(string input)
    {
        var erf = AddNode("Erf", [Divide(input, Scalar(MathF.Sqrt(2)))]);
        return Multiply(Multiply(input, Add(erf, Scalar(1f))), Scalar(0.5f));
    }

    private string Reduce(string operation, string input, params long[] axes) =>
        AddNode(operation, [input], new OnnxAttribute("axes", axes), new OnnxAttribute("keepdims", 1L));

    private string Share(string key, Func<string> add)
    {
        if (!_small.TryGetValue(key, out var name))
            _small.Add(key, name = add());
        return name;
    }
}
