using System.Numerics;
using static TorchSharp.torch;

namespace TorchSharp.Internal;

/// <summary>x times the share of the standard normal distribution below x, exactly, and its slope.</summary>
internal static class GeluKernel
{
    private const int Block = 64;

    public static TensorImpl Run(TensorImpl input)
    {
        if (!input.DType.IsFloatingPoint())
            Fail.Native($"gelu is not implemented for '{input.DType}'");
        return Work(input, null);
    }

    public static TensorImpl Back(TensorImpl grad, TensorImpl input) => Work(input, grad);

    private static TensorImpl Work(TensorImpl input, TensorImpl? grad)
    {
        var x = input.IsContiguous ? input : CopyKernel.Contiguous(input);
        var g = grad is null || grad.IsContiguous ? grad : CopyKernel.Contiguous(grad);
        var result = TensorImpl.Create(x.DType, (long[])x.Sizes.Clone());
        var work = new BlockWork(x, g, result, x.DType == ScalarType.Float64 ? Normal.Double : Normal.Single);
        DTypes.ForFloat<BlockWork, bool>(x.DType, ref work);
        return result;
    }

    private readonly struct BlockWork(TensorImpl x, TensorImpl? grad, TensorImpl result, Normal normal) : IForFloat<bool>
    {
        public bool Run<T>() where T : unmanaged, IFloatingPointIeee754<T>
        {
            Span<double> block = stackalloc double[Block];
            Span<double> factors = stackalloc double[Block];
            block.Clear();
            factors.Clear();
            var from = x.Elements<T>();
            var slopes = grad is null ? default : grad.Elements<T>();
            var to = result.Elements<T>();
            for (var at = 0; at < from.Length; at += Block)
            {
                var count = Math.Min(Block, from.Length - at);
                Widen<T>(from.Slice(at, count), block);
                if (grad is null)
                {
                    Values(block);
                }
                else
                {
                    Widen<T>(slopes.Slice(at, count), factors);
                    Slopes(block, factors);
                }

                Narrow(block, to.Slice(at, count));
            }

            return true;
        }

        private void Values(Span<double> block)
        {
            for (var i = 0; i < Block; i += Vector<double>.Count)
            {
                var value = new Vector<double>(block[i..]);
                (value * normal.At(value).Below).CopyTo(block[i..]);
            }
        }

        private void Slopes(Span<double> block, ReadOnlySpan<double> factors)
        {
            for (var i = 0; i < Block; i += Vector<double>.Count)
            {
                var value = new Vector<double>(block[i..]);
                var (below, density) = normal.At(value);
                (new Vector<double>(factors[i..]) * (below + (value * density))).CopyTo(block[i..]);
            }
        }

        private static void Widen<T>(ReadOnlySpan<T> from, Span<double> to) where T : unmanaged, IFloatingPointIeee754<T>
        {
            for (var i = 0; i < from.Length; i++)
                to[i] = double.CreateTruncating(from[i]);
        }

        private static void Narrow<T>(ReadOnlySpan<double> from, Span<T> to) where T : unmanaged, IFloatingPointIeee754<T>
        {
            for (var i = 0; i < to.Length; i++)
                to[i] = T.CreateTruncating(from[i]);
        }
    }
}
