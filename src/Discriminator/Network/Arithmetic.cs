using TorchSharp;
using static TorchSharp.torch;

namespace MlNetNtd;

/// <summary>Sums, and products with plain numbers, that no collection disturbs.</summary>
/// <remarks>
/// TorchSharp makes a number a native object that it frees when the collector finds it unused, which it may be as soon as its
/// handle is read: while the operation that it was made for still runs. The operation then reads freed memory. Here each is
/// held until the operation is done. Numbers that it takes as doubles are in no such danger.
/// </remarks>
internal static class Arithmetic
{
    private static readonly Scalar One = 1;

    /// <summary>The sum. TorchSharp's own makes a number, the factor 1, of the kind that is not held.</summary>
    public static Tensor Plus(this Tensor tensor, Tensor other) => tensor.add(other, One);

    /// <summary>The sum, in place.</summary>
    public static Tensor Add(this Tensor tensor, Tensor other) => tensor.add_(other, One);

    /// <summary>The product.</summary>
    public static Tensor Times(this Tensor tensor, double factor)
    {
        using Scalar held = factor;
        return tensor.mul(held);
    }

    /// <summary>The square. TorchSharp's own is a power of 2, a number of the kind that is not held.</summary>
    public static Tensor Squared(this Tensor tensor) => tensor.mul(tensor);

    /// <summary>Multiplies in place.</summary>
    public static Tensor Scale(this Tensor tensor, double factor)
    {
        using Scalar held = factor;
        return tensor.mul_(held);
    }

    /// <summary>Adds a number in place.</summary>
    public static Tensor Shift(this Tensor tensor, double term)
    {
        using Scalar held = term;
        return tensor.add_(held, One);
    }

    /// <summary>Goes a share of the way to another, in place.</summary>
    public static Tensor Approach(this Tensor tensor, Tensor other, double share)
    {
        using Scalar held = share;
        return tensor.Scale(1 - share).add_(other, held);
    }

    /// <summary>Adds a multiple of a * b in place.</summary>
    public static Tensor AddProduct(this Tensor tensor, Tensor a, Tensor b, double factor)
    {
        using Scalar held = factor;
        return tensor.addcmul_(a, b, held);
    }

    /// <summary>Adds a multiple of a / b in place.</summary>
    public static Tensor AddQuotient(this Tensor tensor, Tensor a, Tensor b, double factor)
    {
        using Scalar held = factor;
        return tensor.addcdiv_(a, b, held);
    }

    /// <summary>The value of a tensor of one.</summary>
    public static float Read(this Tensor tensor)
    {
        using var held = tensor.ToScalar();
        return held.ToSingle();
    }

    /// <summary>Negative infinity where a mask says so, 0 elsewhere.</summary>
    public static Tensor Blocking(this Tensor mask, ScalarType type)
    {
        using Scalar held = float.NegativeInfinity;
        return zeros(mask.shape, dtype: type, device: mask.device).masked_fill(mask, held);
    }
}
