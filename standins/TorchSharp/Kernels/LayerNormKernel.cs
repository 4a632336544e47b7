using System.Numerics;
using static TorchSharp.torch;

namespace TorchSharp.Internal;

/// <summary>Rows brought to mean 0 and variance 1; statistics in double precision.</summary>
internal static class LayerNormKernel
{
    /// <summary>The rows so brought, and what each was divided by, inverted.</summary>
    public static (TensorImpl Normal, TensorImpl Inverse) Run(TensorImpl input, long width, double eps)
    {
        var rows = width == 0 ? 0 : input.Numel / width;
        var normal = TensorImpl.Create(input.DType, (long[])input.Sizes.Clone());
        var inverse = TensorImpl.Create(ScalarType.Float64, [rows]);
        var work = new ForwardWork(input.IsContiguous ? input : CopyKernel.Contiguous(input), normal, inverse, (int)width, eps);
        DTypes.ForFloat<ForwardWork, bool>(input.DType, ref work);
        return (normal, inverse);
    }

    /// <summary>From the gradient of the normal rows to that of the input.</summary>
    public static TensorImpl Back(TensorImpl grad, TensorImpl normal, TensorImpl inverse, long width)
    {
        var result = TensorImpl.Create(normal.DType, (long[])normal.Sizes.Clone());
        var work = new BackwardWork(
            grad.IsContiguous ? grad : CopyKernel.Contiguous(grad), normal, inverse, result, (int)width);
        DTypes.ForFloat<BackwardWork, bool>(normal.DType, ref work);
        return result;
    }

    private readonly struct ForwardWork(TensorImpl input, TensorImpl normal, TensorImpl inverse, int width, double eps) : IForFloat<bool>
    {
        public bool Run<T>() where T : unmanaged, IFloatingPointIeee754<T>
        {
            var from = input.Elements<T>();
            var to = normal.Elements<T>();
            var scales = inverse.Elements<double>();
            for (var row = 0; row < scales.Length; row++)
            {
                var x = from.Slice(row * width, width);
                var y = to.Slice(row * width, width);
                var mean = 0d;
                foreach (var element in x)
                    mean += double.CreateTruncating(element);
                mean /= width;

                var spread = 0d;
                foreach (var element in x)
                {
                    var distance = double.CreateTruncating(element) - mean;
                    spread += distance * distance;
                }

                scales[row] = 1 / Math.Sqrt((spread / width) + eps);
                for (var i = 0; i < width; i++)
                    y[i] = T.CreateTruncating((double.CreateTruncating(x[i]) - mean) * scales[row]);
            }

            return true;
        }
    }

    private readonly struct BackwardWork(TensorImpl grad, TensorImpl normal, TensorImpl inverse, TensorImpl result, int width) : IForFloat<bool>
    {
        public bool Run<T>() where T : unmanaged, IFloatingPointIeee754<T>
        {
            var gradients = grad.Elements<T>();
            var values = normal.Elements<T>();
            var to = result.Elements<T>();
            var scales = inverse.Elements<double>();
            for (var row = 0; row < scales.Length; row++)
            {
                var g = gradients.Slice(row * width, width);
                var y = values.Slice(row * width, width);
                var (mean, slope) = (0d, 0d);
                for (var i = 0; i < width; i++)
                {
                    var one = double.CreateTruncating(g[i]);
                    mean += one;
                    slope += one * double.CreateTruncating(y[i]);
                }

                (mean, slope) = (mean / width, slope / width);
                var target = to.Slice(row * width, width);
                for (var i = 0; i < width; i++)
                {
                    var centred = double.CreateTruncating(g[i]) - mean - (double.CreateTruncating(y[i]) * slope);
                    target[i] = T.CreateTruncating(centred * scales[row]);
                }
            }

            return true;
        }
    }
}
