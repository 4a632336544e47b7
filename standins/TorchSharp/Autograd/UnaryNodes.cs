namespace TorchSharp.Internal;

/// <summary>A function of single elements whose slope follows from one saved value, the input or the result.</summary>
internal sealed class UnaryNode : Node
{
    private readonly BinaryOp _slope;
    private readonly Saved _value;

    private UnaryNode(TensorImpl input, BinaryOp slope, TensorImpl value)
        : base(input)
    {
        _slope = slope;
        _value = Save(value);
    }

    public static UnaryNode For(UnaryOp op, TensorImpl input, TensorImpl result) => op switch
    {
        UnaryOp.Exp => new UnaryNode(input, BinaryOp.Multiply, result),
        UnaryOp.Log => new UnaryNode(input, BinaryOp.Divide, input),
        UnaryOp.Sqrt => new UnaryNode(input, BinaryOp.SqrtGradient, result),
        UnaryOp.Tanh => new UnaryNode(input, BinaryOp.TanhGradient, result),
        UnaryOp.Sigmoid => new UnaryNode(input, BinaryOp.SigmoidGradient, result),
        UnaryOp.Reciprocal => new UnaryNode(input, BinaryOp.ReciprocalGradient, result),
        UnaryOp.Relu => new UnaryNode(input, BinaryOp.ReluGradient, result),
        _ => throw new NotImplementedException(),
    };

    public static UnaryNode Abs(TensorImpl input) => new(input, BinaryOp.AbsGradient, input);

    public override void Backward(TensorImpl grad, TensorImpl?[] inputs) =>
        inputs[0] = BinaryKernel.Run(_slope, grad, _value.Value, grad.DType);
}
