namespace TorchSharp.Internal;

/// <summary>Arithmetic on gradients; nothing here is recorded.</summary>
internal static class GradMath
{
    public static TensorImpl Multiply(TensorImpl a, TensorImpl b) => BinaryKernel.Run(BinaryOp.Multiply, a, b, a.DType);

    public static TensorImpl Divide(TensorImpl a, TensorImpl b) => BinaryKernel.Run(BinaryOp.Divide, a, b, a.DType);

    public static TensorImpl Scale(TensorImpl a, double factor) => Multiply(a, Number(factor, a.DType));

    public static TensorImpl Negate(TensorImpl a) => UnaryKernel.Negate(a);

    public static TensorImpl Zeros(TensorImpl like) => Zeros(like.DType, like.Sizes);

    public static TensorImpl Zeros(torch.ScalarType dtype, long[] sizes) =>
        TensorImpl.Create(dtype, (long[])sizes.Clone(), clear: true);

    public static TensorImpl Number(double value, torch.ScalarType dtype)
    {
        var impl = TensorImpl.Create(dtype, []);
        CopyKernel.Fill(impl, value);
        return impl;
    }

    /// <summary>Elements where a condition holds, 0 elsewhere.</summary>
    public static TensorImpl Where(TensorImpl condition, TensorImpl grad) =>
        SelectKernel.Where(condition, grad, Number(0, grad.DType));

    /// <summary>0 where a condition holds, elements elsewhere.</summary>
    public static TensorImpl WhereNot(TensorImpl condition, TensorImpl grad) =>
        SelectKernel.Where(condition, Number(0, grad.DType), grad);

    /// <summary>Seen in a shape to which it stretches.</summary>
    public static TensorImpl Stretch(TensorImpl grad, long[] sizes) =>
        grad.View(sizes, grad.StridesFor(sizes), grad.Offset);

    /// <summary>The same elements in another shape; a copy where the layout asks for one.</summary>
    public static TensorImpl Reshape(TensorImpl grad, long[] sizes) =>
        Shapes.Restride(grad.Sizes, grad.Strides, sizes) is { } strides
            ? grad.View(sizes, strides, grad.Offset)
            : CopyKernel.Contiguous(grad).View(sizes, Shapes.ContiguousStrides(sizes), 0);

    /// <summary>A reduced dimension put back with size 1, so that the result stretches over what was reduced.</summary>
    public static TensorImpl PutBack(TensorImpl reduced, int[] dims, long[] before)
    {
        var sizes = (long[])before.Clone();
        foreach (var dim in dims)
            sizes[dim] = 1;
        return Reshape(reduced, sizes);
    }

    /// <summary>Undoes a stretch: sums over what a smaller shape had repeated.</summary>
    public static TensorImpl SumTo(TensorImpl grad, long[] sizes)
    {
        if (grad.Sizes.AsSpan().SequenceEqual(sizes))
            return grad;

        var padded = new long[grad.Rank];
        Array.Fill(padded, 1);
        sizes.CopyTo(padded, grad.Rank - sizes.Length);
        return SumKernel.To(grad, padded).View(sizes, Shapes.ContiguousStrides(sizes), 0);
    }
}
