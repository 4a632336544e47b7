namespace TorchSharp.Internal;

/// <summary>The gradient goes on as it is: sums, copies, conversions, stretched views.</summary>
internal sealed class IdentityNode(TensorImpl input) : Node(input)
{
    public override void Backward(TensorImpl grad, TensorImpl?[] inputs) => inputs[0] = grad;
}

/// <summary>The result was overwritten: what was there before has no part in it.</summary>
internal sealed class OverwriteNode(TensorImpl target, TensorImpl? source = null) : Node(target, source)
{
    public override void Backward(TensorImpl grad, TensorImpl?[] inputs)
    {
        inputs[0] = Needs(0) ? GradMath.Zeros(grad) : null;
        inputs[1] = grad;
    }
}

/// <summary>a + factor * b.</summary>
internal sealed class AddNode(TensorImpl a, TensorImpl b, double factor) : Node(a, b)
{
    public override void Backward(TensorImpl grad, TensorImpl?[] inputs)
    {
        inputs[0] = grad;
        if (Needs(1))
            inputs[1] = factor == 1 ? grad : GradMath.Scale(grad, factor);
    }
}

/// <summary>factor * input, also where the factor is a plain number.</summary>
internal sealed class ScaleNode(TensorImpl input, double factor) : Node(input)
{
    public override void Backward(TensorImpl grad, TensorImpl?[] inputs) => inputs[0] = GradMath.Scale(grad, factor);
}

/// <summary>a * b.</summary>
internal sealed class MultiplyNode : Node
{
    private readonly Saved? _a;
    private readonly Saved? _b;

    public MultiplyNode(TensorImpl a, TensorImpl b, bool changesFirst = false)
        : base(a, b)
    {
        _a = Needs(1) ? Save(changesFirst ? CopyKernel.Contiguous(a) : a) : null;
        _b = SaveFor(Needs(0), b);
    }

    public override void Backward(TensorImpl grad, TensorImpl?[] inputs)
    {
        if (Needs(0))
            inputs[0] = GradMath.Multiply(grad, _b!.Value);
        if (Needs(1))
            inputs[1] = GradMath.Multiply(grad, _a!.Value);
    }
}

/// <summary>a / b.</summary>
internal sealed class DivideNode : Node
{
    private readonly Saved? _a;
    private readonly Saved _b;

    public DivideNode(TensorImpl a, TensorImpl b, bool changesFirst = false)
        : base(a, b)
    {
        _a = Needs(1) ? Save(changesFirst ? CopyKernel.Contiguous(a) : a) : null;
        _b = Save(b);
    }

    public override void Backward(TensorImpl grad, TensorImpl?[] inputs)
    {
        var b = _b.Value;
        var quotient = GradMath.Divide(grad, b);
        inputs[0] = quotient;
        if (Needs(1))
            inputs[1] = GradMath.Negate(GradMath.Multiply(quotient, GradMath.Divide(_a!.Value, b)));
    }
}

/// <summary>A quotient that was made whole, or a remainder's second operand: no slope but at the jumps.</summary>
internal sealed class FlatNode(TensorImpl a, TensorImpl? b = null) : Node(a, b)
{
    public override void Backward(TensorImpl grad, TensorImpl?[] inputs)
    {
        for (var i = 0; i < inputs.Length; i++)
            inputs[i] = Needs(i) ? GradMath.Zeros(grad) : null;
    }
}

/// <summary>The larger (or smaller) of two; equal ones share the gradient.</summary>
internal sealed class ExtremeOfTwoNode : Node
{
    private readonly CompareOp _firstWins;
    private readonly Saved _a;
    private readonly Saved _b;

    public ExtremeOfTwoNode(TensorImpl a, TensorImpl b, bool largest)
        : base(a, b)
    {
        _firstWins = largest ? CompareOp.Greater : CompareOp.Less;
        (_a, _b) = (Save(a), Save(b));
    }

    public override void Backward(TensorImpl grad, TensorImpl?[] inputs)
    {
        var (a, b) = (_a.Value, _b.Value);
        var common = DTypes.Promote(a.DType, b.DType);
        var half = GradMath.Scale(grad, 0.5);
        var equal = CompareKernel.Run(CompareOp.Equal, a, b, common);
        inputs[0] = Share(a, b);
        inputs[1] = Share(b, a);

        TensorImpl Share(TensorImpl one, TensorImpl other)
        {
            var wins = CompareKernel.Run(_firstWins, one, other, common);
            return SelectKernel.Where(equal, half, GradMath.Where(wins, grad));
        }
    }
}

/// <summary>base ^ exponent, the exponent a plain number.</summary>
internal sealed class PowerNode : Node
{
    private readonly Saved _input;
    private readonly double _exponent;

    public PowerNode(TensorImpl input, double exponent)
        : base(input)
    {
        _input = Save(input);
        _exponent = exponent;
    }

    public override void Backward(TensorImpl grad, TensorImpl?[] inputs)
    {
        var x = _input.Value;
        if (_exponent == 0)
        {
            inputs[0] = GradMath.Zeros(grad);
            return;
        }

        var slope = BinaryKernel.Run(BinaryOp.Power, x, GradMath.Number(_exponent - 1, grad.DType), grad.DType);
        inputs[0] = GradMath.Multiply(grad, GradMath.Scale(slope, _exponent));
    }
}
