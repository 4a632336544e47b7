using TorchSharp;
using static TorchSharp.torch;

namespace MlNetNtd.Examples;

/// <summary>More arithmetic of tensors with plain numbers that no collection disturbs, beside the library's own, which is linked here.</summary>
/// <remarks>
/// TorchSharp makes a number a native object, which it frees when the collector finds it unused: as soon as its handle is
/// read, while the operation that it was made for still runs. With threads side by side that happens, and the operation fails
/// or computes with garbage. Here each number is held until the operation is done. Mind the hidden ones: <c>add</c> of two
/// tensors (a factor of 1), <c>square</c> (a power of 2), <c>item</c>.
/// </remarks>
internal static class Numbers
{
    public static Tensor Over(this Tensor tensor, double divisor)
    {
        using Scalar held = divisor;
        return tensor.div(held);
    }

    public static Tensor Squared(this Tensor tensor) => tensor.mul(tensor);

    public static Tensor Within(this Tensor tensor, double least, double most)
    {
        using Scalar low = least;
        using Scalar high = most;
        return tensor.clamp(low, high);
    }

    public static Tensor AtLeast(this Tensor tensor, double least)
    {
        using Scalar held = least;
        return tensor.ge(held);
    }

    /// <summary>Adds a multiple of another, in place.</summary>
    public static Tensor AddMultiple(this Tensor tensor, Tensor other, double factor)
    {
        using Scalar held = factor;
        return tensor.add_(other, held);
    }
}
