namespace TorchSharp.Internal;

/// <summary>The step of each operation on two operands.</summary>
internal static class BinaryNodes
{
    /// <summary>For a change in place the first operand is about to be overwritten by the result.</summary>
    public static Node For(BinaryOp op, TensorImpl a, TensorImpl b, bool changesFirst = false) => op switch
    {
        BinaryOp.Add => new AddNode(a, b, 1),
        BinaryOp.Subtract => new AddNode(a, b, -1),
        BinaryOp.Multiply => new MultiplyNode(a, b, changesFirst),
        BinaryOp.Divide => new DivideNode(a, b, changesFirst),
        BinaryOp.Remainder => new RemainderNode(a, b, changesFirst),
        BinaryOp.Maximum => new ExtremeOfTwoNode(a, b, largest: true),
        BinaryOp.Minimum => new ExtremeOfTwoNode(a, b, largest: false),
        BinaryOp.Power => new PowerOfTwoNode(a, b),
        _ => new FlatNode(a, b),
    };
}

/// <summary>a - b * floor(a / b).</summary>
internal sealed class RemainderNode : Node
{
    private readonly Saved? _a;
    private readonly Saved? _b;

    public RemainderNode(TensorImpl a, TensorImpl b, bool changesFirst)
        : base(a, b)
    {
        _a = Needs(1) ? Save(changesFirst ? CopyKernel.Contiguous(a) : a) : null;
        _b = SaveFor(Needs(1), b);
    }

    public override void Backward(TensorImpl grad, TensorImpl?[] inputs)
    {
        inputs[0] = grad;
        if (Needs(1))
        {
            var whole = BinaryKernel.Run(BinaryOp.DivideFloored, _a!.Value, _b!.Value, grad.DType);
            inputs[1] = GradMath.Negate(GradMath.Multiply(grad, whole));
        }
    }
}

/// <summary>a ^ b.</summary>
internal sealed class PowerOfTwoNode : Node
{
    private readonly Saved _a;
    private readonly Saved _b;

    public PowerOfTwoNode(TensorImpl a, TensorImpl b)
        : base(a, b)
    {
        (_a, _b) = (Save(a), Save(b));
    }

    public override void Backward(TensorImpl grad, TensorImpl?[] inputs)
    {
        var (a, b, type) = (_a.Value, _b.Value, grad.DType);
        var zero = GradMath.Number(0, type);
        if (Needs(0))
        {
            var lower = BinaryKernel.Run(BinaryOp.Subtract, b, GradMath.Number(1, type), type);
            var slope = GradMath.Multiply(BinaryKernel.Run(BinaryOp.Power, a, lower, type), b);
            var constant = CompareKernel.Run(CompareOp.Equal, b, zero, type);
            inputs[0] = GradMath.WhereNot(constant, GradMath.Multiply(grad, slope));
        }

        if (Needs(1))
        {
            var slope = GradMath.Multiply(BinaryKernel.Run(BinaryOp.Power, a, b, type), UnaryKernel.Real(UnaryOp.Log, a));
            // Where the base is 0 the power stays 0 while the exponent moves.
            var flat = CompareKernel.Run(
                CompareOp.And,
                CompareKernel.Run(CompareOp.Equal, a, zero, type),
                CompareKernel.Run(CompareOp.GreaterOrEqual, b, zero, type),
                torch.ScalarType.Bool);
            inputs[1] = GradMath.WhereNot(flat, GradMath.Multiply(grad, slope));
        }
    }
}
