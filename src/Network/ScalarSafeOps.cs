using TorchSharp;
using static TorchSharp.torch;

namespace MlNetNtd;

/// <summary>Provides operations of tensors with numbers that are safe from garbage collection, under libtorch's names.</summary>
/// <remarks>
/// <para>
/// TorchSharp 0.107 wraps each number in a native object, a <see cref="Scalar"/>, and frees it when the garbage collector finds it
/// unreferenced. That can happen as soon as its handle is read, while the operation still runs: with threads side by side, one
/// operation in some thousands fails (<c>INTERNAL ASSERT FAILED at "/pytorch/c10/core/Scalar.h"</c>) or computes with garbage.
/// TorchSharp has no setting that prevents it. The methods of this class keep each number alive until its operation is done.
/// </para>
/// <para>
/// Some of TorchSharp's operations create such a number internally: <c>add</c> of two tensors (a factor of 1), <c>square</c> (a
/// power of 2), <c>fill_</c>, the operators with a number (<c>x * 0.5</c>), and its optimizers, which <see cref="ScalarSafeAdam"/>
/// and <see cref="ScalarSafeAdamW"/> replace. <c>sub</c>, <c>mul</c> and <c>div</c> of two tensors, and arguments that TorchSharp
/// takes as <c>double</c>, are safe. For any other operation, keep the number alive yourself: <c>using Scalar half = 0.5;
/// x.pow(half)</c>.
/// </para>
/// <para>
/// A method whose name ends with _ changes the tensor in place and returns it. Other results belong to the caller, or to the
/// caller's dispose scope. All methods are differentiable where libtorch's operation is.
/// </para>
/// </remarks>
#pragma warning disable CA1707 // libtorch's convention: the names of in-place operations end with _.
public static class ScalarSafeOps
{
    // A static field is never collected, so it is never freed.
    private static readonly Scalar One = 1;

    /// <summary>Computes tensor + other.</summary>
    /// <param name="tensor">A tensor of any shape.</param>
    /// <param name="other">A tensor of a shape that broadcasts with it.</param>
    public static Tensor Add(this Tensor tensor, Tensor other)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        return tensor.add(other, One);
    }

    /// <summary>Computes tensor + other in place.</summary>
    /// <param name="tensor">The tensor to change.</param>
    /// <param name="other">A tensor of a shape that broadcasts to it.</param>
    public static Tensor Add_(this Tensor tensor, Tensor other)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        return tensor.add_(other, One);
    }

    /// <summary>Computes tensor + alpha * other in place.</summary>
    /// <param name="tensor">The tensor to change.</param>
    /// <param name="other">A tensor of a shape that broadcasts to it.</param>
    /// <param name="alpha">The factor.</param>
    public static Tensor Add_(this Tensor tensor, Tensor other, double alpha)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        using Scalar scalar = alpha;
        return tensor.add_(other, scalar);
    }

    /// <summary>Computes tensor + value.</summary>
    /// <param name="tensor">A tensor of any shape.</param>
    /// <param name="value">The number added to each element.</param>
    public static Tensor AddScalar(this Tensor tensor, double value)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        using Scalar scalar = value;
        return tensor.add(scalar, One);
    }

    /// <summary>Computes tensor + value in place.</summary>
    /// <param name="tensor">The tensor to change.</param>
    /// <param name="value">The number added to each element.</param>
    public static Tensor AddScalar_(this Tensor tensor, double value)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        using Scalar scalar = value;
        return tensor.add_(scalar, One);
    }

    /// <summary>Computes tensor * factor.</summary>
    /// <param name="tensor">A tensor of any shape.</param>
    /// <param name="factor">The factor of each element.</param>
    public static Tensor Mul(this Tensor tensor, double factor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        using Scalar scalar = factor;
        return tensor.mul(scalar);
    }

    /// <summary>Computes tensor * factor in place.</summary>
    /// <param name="tensor">The tensor to change.</param>
    /// <param name="factor">The factor of each element.</param>
    public static Tensor Mul_(this Tensor tensor, double factor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        using Scalar scalar = factor;
        return tensor.mul_(scalar);
    }

    /// <summary>Computes tensor / divisor.</summary>
    /// <param name="tensor">A tensor of any shape.</param>
    /// <param name="divisor">The divisor of each element.</param>
    public static Tensor Div(this Tensor tensor, double divisor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        using Scalar scalar = divisor;
        return tensor.div(scalar);
    }

    /// <summary>Computes the square of each element.</summary>
    /// <param name="tensor">A tensor of any shape.</param>
    public static Tensor Square(this Tensor tensor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        return tensor.mul(tensor);
    }

    /// <summary>Limits each element to a range.</summary>
    /// <param name="tensor">A tensor of any shape.</param>
    /// <param name="min">The lower bound.</param>
    /// <param name="max">The upper bound.</param>
    public static Tensor Clamp(this Tensor tensor, double min, double max)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        using Scalar low = min;
        using Scalar high = max;
        return tensor.clamp(low, high);
    }

    /// <summary>Compares each element with a number: true where the element is greater or equal.</summary>
    /// <param name="tensor">A tensor of any shape.</param>
    /// <param name="value">The number.</param>
    /// <returns>A Boolean tensor of the same shape.</returns>
    public static Tensor Ge(this Tensor tensor, double value)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        using Scalar scalar = value;
        return tensor.ge(scalar);
    }

    /// <summary>Sets each element to a number.</summary>
    /// <param name="tensor">The tensor to change.</param>
    /// <param name="value">The number.</param>
    public static Tensor Fill_(this Tensor tensor, double value)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        using Scalar scalar = value;
        return tensor.fill_(scalar);
    }

    /// <summary>Computes (1 - weight) * tensor + weight * end in place.</summary>
    /// <param name="tensor">The tensor to change.</param>
    /// <param name="end">A tensor of the same shape.</param>
    /// <param name="weight">The weight of <paramref name="end"/>, 0 to 1.</param>
    public static Tensor Lerp_(this Tensor tensor, Tensor end, double weight)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        using Scalar scalar = weight;
        return tensor.Mul_(1 - weight).add_(end, scalar);
    }

    /// <summary>Computes tensor + value * a * b in place.</summary>
    /// <param name="tensor">The tensor to change.</param>
    /// <param name="a">A tensor of a shape that broadcasts to it.</param>
    /// <param name="b">A tensor of a shape that broadcasts to it.</param>
    /// <param name="value">The factor.</param>
    public static Tensor AddCMul_(this Tensor tensor, Tensor a, Tensor b, double value)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        using Scalar scalar = value;
        return tensor.addcmul_(a, b, scalar);
    }

    /// <summary>Computes tensor + value * a / b in place.</summary>
    /// <param name="tensor">The tensor to change.</param>
    /// <param name="a">A tensor of a shape that broadcasts to it.</param>
    /// <param name="b">A tensor of a shape that broadcasts to it.</param>
    /// <param name="value">The factor.</param>
    public static Tensor AddCDiv_(this Tensor tensor, Tensor a, Tensor b, double value)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        using Scalar scalar = value;
        return tensor.addcdiv_(a, b, scalar);
    }

    /// <summary>Gets the value of a tensor with one element, of any type and on any device.</summary>
    /// <param name="tensor">A tensor with one element.</param>
    public static float ItemSingle(this Tensor tensor)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        using var scalar = tensor.ToScalar();
        return scalar.ToSingle();
    }

    /// <summary>Converts a Boolean attention mask to an additive one: negative infinity where it is true, 0 elsewhere.</summary>
    /// <param name="mask">A Boolean mask; <c>true</c> means may NOT attend, as in <see cref="NextTokenMask"/>.</param>
    /// <param name="type">The floating-point type of the result.</param>
    public static Tensor ToAdditiveMask(this Tensor mask, ScalarType type)
    {
        ArgumentNullException.ThrowIfNull(mask);
        using Scalar scalar = float.NegativeInfinity;
        return zeros(mask.shape, dtype: type, device: mask.device).masked_fill(mask, scalar);
    }
}
