namespace TorchSharp.Internal;

/// <summary>A sum over dimensions, or, with a factor, a mean.</summary>
internal sealed class SumNode(TensorImpl input, int[] dims, double factor = 1) : Node(input)
{
    private readonly long[] _before = input.Sizes;

    public override void Backward(TensorImpl grad, TensorImpl?[] inputs)
    {
        var scaled = factor == 1 ? grad : GradMath.Scale(grad, factor);
        inputs[0] = GradMath.Stretch(GradMath.PutBack(scaled, dims, _before), _before);
    }
}

/// <summary>The largest or smallest along a dimension: its place gets the gradient.</summary>
internal sealed class ExtremeNode : Node
{
    private readonly int[] _dims;
    private readonly long[] _before;
    private readonly Saved _places;

    public ExtremeNode(TensorImpl input, int[] dims, TensorImpl places)
        : base(input)
    {
        (_dims, _before) = (dims, input.Sizes);
        _places = Save(places);
    }

    public override void Backward(TensorImpl grad, TensorImpl?[] inputs)
    {
        var result = GradMath.Zeros(grad.DType, _before);
        if (_dims.Length == 0)
        {
            inputs[0] = grad;
            return;
        }

        var places = GradMath.PutBack(_places.Value, _dims, _before);
        IndexKernel.ScatterAdd(GradMath.PutBack(grad, _dims, _before), result, _dims[0], places);
        inputs[0] = result;
    }
}

/// <summary>The largest or smallest of all: equal ones share the gradient.</summary>
internal sealed class ExtremeOfAllNode : Node
{
    private readonly Saved _input;
    private readonly Saved _value;

    public ExtremeOfAllNode(TensorImpl input, TensorImpl value)
        : base(input)
    {
        (_input, _value) = (Save(input), Save(value));
    }

    public override void Backward(TensorImpl grad, TensorImpl?[] inputs)
    {
        var x = _input.Value;
        var equal = CompareKernel.Run(CompareOp.Equal, x, _value.Value, x.DType);
        var ones = CopyKernel.Cast(equal, grad.DType);
        var count = GradMath.SumTo(ones, []);
        inputs[0] = GradMath.Multiply(ones, GradMath.Divide(grad, count));
    }
}

/// <summary>Softmax or its logarithm.</summary>
internal sealed class SoftmaxNode : Node
{
    private readonly Saved _result;
    private readonly int _dim;
    private readonly bool _log;

    public SoftmaxNode(TensorImpl input, TensorImpl result, int dim, bool log)
        : base(input)
    {
        _result = Save(result);
        (_dim, _log) = (dim, log);
    }

    public override void Backward(TensorImpl grad, TensorImpl?[] inputs) =>
        inputs[0] = SoftmaxKernel.Back(grad, _result.Value, _dim, _log);
}
