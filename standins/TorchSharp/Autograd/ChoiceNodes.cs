namespace TorchSharp.Internal;

/// <summary>One of two by a condition.</summary>
internal sealed class WhereNode : Node
{
    private readonly Saved _condition;

    public WhereNode(TensorImpl condition, TensorImpl x, TensorImpl y)
        : base(x, y) => _condition = Save(condition);

    public override void Backward(TensorImpl grad, TensorImpl?[] inputs)
    {
        if (Needs(0))
            inputs[0] = GradMath.Where(_condition.Value, grad);
        if (Needs(1))
            inputs[1] = GradMath.WhereNot(_condition.Value, grad);
    }
}

/// <summary>One value where a mask is true.</summary>
internal sealed class MaskedFillNode : Node
{
    private readonly Saved _mask;

    public MaskedFillNode(TensorImpl input, TensorImpl mask)
        : base(input) => _mask = Save(mask);

    public override void Backward(TensorImpl grad, TensorImpl?[] inputs) =>
        inputs[0] = GradMath.WhereNot(_mask.Value, grad);
}

/// <summary>A triangle.</summary>
internal sealed class TriangleNode(TensorImpl input, long diagonal, bool lower) : Node(input)
{
    public override void Backward(TensorImpl grad, TensorImpl?[] inputs) =>
        inputs[0] = lower ? TriangleKernel.Lower(grad, diagonal) : TriangleKernel.Upper(grad, diagonal);
}
