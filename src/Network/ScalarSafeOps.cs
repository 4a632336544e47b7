using TorchSharp;
using static TorchSharp.torch;

namespace MlNetNtd;

/// <summary>Operations of tensors with plain numbers that no garbage collection disturbs, by libtorch's names.</summary>
/// <remarks>
/// <para>
/// TorchSharp 0.107 makes a native object of each number, a <see cref="Scalar"/>, and frees it when the collector finds it
/// unused. That may happen as soon as its handle is read, while the operation that it was made for still runs: with threads
/// side by side an operation fails once in some thousands (<c>INTERNAL ASSERT FAILED at "/pytorch/c10/core/Scalar.h"</c>) or
/// computes with garbage. TorchSharp has no setting that holds them. Here each number is held until its operation is done.
/// </para>
/// <para>
/// Some of TorchSharp's operations make such a number unseen: <c>add</c> of two tensors (a factor of 1), <c>square</c> (a power
/// of 2), <c>fill_</c>, the operators with a number (<c>x * 0.5</c>), and its optimizers, for which
/// <see cref="ScalarSafeAdam"/> and <see cref="ScalarSafeAdamW"/> stand in. <c>sub</c>, <c>mul</c> and <c>div</c> of two tensors, and
/// arguments that TorchSharp takes as <c>double</c>, are in no danger. For what is not here, hold the number:
/// <c>using Scalar half = 0.5; x.pow(half)</c>.
/// </para>
/// <para>
/// A name that ends with _ changes the tensor in place and gives it back. Other results belong to the caller, or to the
/// caller's dispose scope. All are differentiable where libtorch's operation is.
/// </para>
/// </remarks>
#pragma warning disable CA1707 // libtorch ends the names of what changes a tensor in place with _.
public static class ScalarSafeOps
{
    // Never collected, so never freed.
    private static readonly Scalar One = 1;

    /// <summary>tensor + other.</summary>
    /// <param name="tensor">Of any shape.</param>
    /// <param name="other">Of a shape that broadcasts with it.</param>
    public static Tensor Add(this Tensor tensor, Tensor other)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        return tensor.add(other, One);
    }

    /// <summary>tensor + other, in place.</summary>
    /// <param name="tensor">What is changed.</param>
    /// <param name="other">Of a shape that broadcasts to it.</param>
    public static Tensor Add_(this Tensor tensor, Tensor other)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        return tensor.add_(other, One);
    }

    /// <summary>tensor + alpha * other, in place.</summary>
    /// <param name="tensor">What is changed.</param>
    /// <param name="other">Of a shape that broadcasts to it.</param>
    /// <param name="alpha">The factor.</param>
    public static Tensor Add_(this Tensor tensor, Tensor other, double alpha)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        using Scalar held = alpha;
        return tensor.add_(other, held);
    }

    /// <summary>tensor + value.</summary>
    /// <param name="tensor">Of any shape.</param>
    /// <param name="value">Added to each element.</param>
    public static Tensor AddScalar(this Tensor tensor, double value)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        using Scalar held = value;
        return tensor.add(held, One);
    }

    /// <summary>tensor + value, in place.</summary>
    /// <param name="tensor">What is changed.</param>
    /// <param name="value">Added to each element.</param>
    public static Tensor AddScalar_(this Tensor tensor, double value)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        using Scalar held = value;
        return tensor.add_(held, One);
    }

    /// <summary>tensor * factor.</summary>
    /// <param name="tensor">Of any shape.</param>
    /// <param name="factor">Of each element.</param>
    public static Tensor Mul(this Tensor tensor, double factor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        using Scalar held = factor;
        return tensor.mul(held);
    }

    /// <summary>tensor * factor, in place.</summary>
    /// <param name="tensor">What is changed.</param>
    /// <param name="factor">Of each element.</param>
    public static Tensor Mul_(this Tensor tensor, double factor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        using Scalar held = factor;
        return tensor.mul_(held);
    }

    /// <summary>tensor / divisor.</summary>
    /// <param name="tensor">Of any shape.</param>
    /// <param name="divisor">Of each element.</param>
    public static Tensor Div(this Tensor tensor, double divisor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        using Scalar held = divisor;
        return tensor.div(held);
    }

    /// <summary>The square of each element.</summary>
    /// <param name="tensor">Of any shape.</param>
    public static Tensor Square(this Tensor tensor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        return tensor.mul(tensor);
    }

    /// <summary>Each element, brought into a range.</summary>
    /// <param name="tensor">Of any shape.</param>
    /// <param name="min">The least value.</param>
    /// <param name="max">The largest value.</param>
    public static Tensor Clamp(this Tensor tensor, double min, double max)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        using Scalar low = min;
        using Scalar high = max;
        return tensor.clamp(low, high);
    }

    /// <summary>Whether each element is at least a number: Boolean, of the tensor's shape.</summary>
    /// <param name="tensor">Of any shape.</param>
    /// <param name="value">The number.</param>
    public static Tensor Ge(this Tensor tensor, double value)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        using Scalar held = value;
        return tensor.ge(held);
    }

    /// <summary>Sets each element to a number.</summary>
    /// <param name="tensor">What is changed.</param>
    /// <param name="value">The number.</param>
    public static Tensor Fill_(this Tensor tensor, double value)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        using Scalar held = value;
        return tensor.fill_(held);
    }

    /// <summary>(1 - weight) * tensor + weight * end, in place.</summary>
    /// <param name="tensor">What is changed.</param>
    /// <param name="end">Of its shape.</param>
    /// <param name="weight">How far to go towards <paramref name="end"/>: 0 not at all, 1 all the way.</param>
    public static Tensor Lerp_(this Tensor tensor, Tensor end, double weight)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        using Scalar held = weight;
        return tensor.Mul_(1 - weight).add_(end, held);
    }

    /// <summary>tensor + value * a * b, in place.</summary>
    /// <param name="tensor">What is changed.</param>
    /// <param name="a">Of a shape that broadcasts to it.</param>
    /// <param name="b">Likewise.</param>
    /// <param name="value">The factor.</param>
    public static Tensor AddCMul_(this Tensor tensor, Tensor a, Tensor b, double value)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        using Scalar held = value;
        return tensor.addcmul_(a, b, held);
    }

    /// <summary>tensor + value * a / b, in place.</summary>
    /// <param name="tensor">What is changed.</param>
    /// <param name="a">Of a shape that broadcasts to it.</param>
    /// <param name="b">Likewise.</param>
    /// <param name="value">The factor.</param>
    public static Tensor AddCDiv_(this Tensor tensor, Tensor a, Tensor b, double value)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        using Scalar held = value;
        return tensor.addcdiv_(a, b, held);
    }

    /// <summary>The value of a tensor of one element, of any type and on any device.</summary>
    /// <param name="tensor">One element.</param>
    public static float ItemSingle(this Tensor tensor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        using var held = tensor.ToScalar();
        return held.ToSingle();
    }

    /// <summary>A Boolean attention mask as one that is added to scores: negative infinity where it is true, 0 elsewhere.</summary>
    /// <param name="mask">Boolean: true = may NOT attend, as <see cref="NextTokenMask"/> has it.</param>
    /// <param name="type">The floating-point type of the result.</param>
    public static Tensor ToAdditiveMask(this Tensor mask, ScalarType type)
    {
        ArgumentNullException.ThrowIfNull(mask);
        using Scalar held = float.NegativeInfinity;
        return zeros(mask.shape, dtype: type, device: mask.device).masked_fill(mask, held);
    }
}
