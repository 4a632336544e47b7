namespace TorchSharp.Internal;

/// <summary>A product of matrices, batches stretching, vectors as rows on the left and columns on the right.</summary>
internal sealed class MatMulNode : Node
{
    private readonly Saved? _a;
    private readonly Saved? _b;
    private readonly bool _vectorLeft;
    private readonly bool _vectorRight;

    public MatMulNode(TensorImpl a, TensorImpl b)
        : base(a, b)
    {
        _a = SaveFor(Needs(1), a);
        _b = SaveFor(Needs(0), b);
        (_vectorLeft, _vectorRight) = (a.Rank == 1, b.Rank == 1);
    }

    public override void Backward(TensorImpl grad, TensorImpl?[] inputs)
    {
        // The dimension that a vector had gained and lost is needed again.
        var sizes = grad.Sizes.ToList();
        if (_vectorLeft)
            sizes.Insert(sizes.Count - (_vectorRight ? 0 : 1), 1);
        if (_vectorRight)
            sizes.Add(1);
        var product = GradMath.Reshape(grad, [.. sizes]);
        if (_b is not null)
        {
            var left = MatMulKernel.Batched(product, MatMulKernel.Transposed(MatMulKernel.AsRight(_b.Value)));
            inputs[0] = _vectorLeft ? WithoutDimension(left, left.Rank - 2) : left;
        }

        if (_a is not null)
        {
            var right = MatMulKernel.Batched(MatMulKernel.Transposed(MatMulKernel.AsLeft(_a.Value)), product);
            inputs[1] = _vectorRight ? WithoutDimension(right, right.Rank - 1) : right;
        }
    }

    private static TensorImpl WithoutDimension(TensorImpl a, int dim) =>
        GradMath.Reshape(a, [.. a.Sizes[..dim], .. a.Sizes[(dim + 1)..]]);
}

/// <summary>x * weight^T + bias.</summary>
internal sealed class LinearNode : Node
{
    private readonly Saved? _input;
    private readonly Saved? _weight;

    public LinearNode(TensorImpl input, TensorImpl weight, TensorImpl? bias)
        : base(input, weight, bias)
    {
        _input = SaveFor(Needs(1), input);
        _weight = SaveFor(Needs(0), weight);
    }

    public override void Backward(TensorImpl grad, TensorImpl?[] inputs)
    {
        if (_weight is not null)
            inputs[0] = MatMulKernel.Batched(AsMatrices(grad), _weight.Value);
        if (_input is not null)
            inputs[1] = MatMulKernel.Batched(MatMulKernel.Transposed(Flat(grad)), Flat(_input.Value));
        inputs[2] = grad;
        if (inputs[0] is { } gradInput && grad.Rank == 1)
            inputs[0] = GradMath.Reshape(gradInput, [gradInput.Sizes[^1]]);
    }

    private static TensorImpl AsMatrices(TensorImpl grad)
    {
        var dense = grad.IsContiguous ? grad : CopyKernel.Contiguous(grad);
        return MatMulKernel.AsLeft(dense);
    }

    private static TensorImpl Flat(TensorImpl a) => GradMath.Reshape(a, [Shapes.Count(a.Sizes.AsSpan(0, a.Rank - 1)), a.Sizes[^1]]);
}

/// <summary>Rows brought to mean 0 and variance 1, then scaled and shifted.</summary>
internal sealed class LayerNormNode : Node
{
    private readonly Saved _normal;
    private readonly TensorImpl _inverse;
    private readonly Saved? _weight;
    private readonly long _width;

    public LayerNormNode(TensorImpl input, TensorImpl? weight, TensorImpl? bias, TensorImpl normal, TensorImpl inverse, long width)
        : base(input, weight, bias)
    {
        _normal = Save(normal);
        _inverse = inverse;
        _weight = weight is null ? null : SaveFor(Needs(0), weight);
        _width = width;
    }

    public override void Backward(TensorImpl grad, TensorImpl?[] inputs)
    {
        if (Needs(0))
        {
            var ofNormal = _weight is null ? grad : GradMath.Multiply(grad, _weight.Value);
            inputs[0] = LayerNormKernel.Back(ofNormal, _normal.Value, _inverse, _width);
        }

        if (Needs(1))
            inputs[1] = GradMath.Multiply(grad, _normal.Value);
        inputs[2] = grad;
    }
}
