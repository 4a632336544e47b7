using System.Numerics;

namespace TorchSharp.Internal;

/// <summary>Softmax and its logarithm, with their ways back, along the last dimension of a contiguous tensor.</summary>
internal static class SoftmaxKernel
{
    public static TensorImpl Run(TensorImpl input, int dim, bool log) =>
        AlongLast(dim, (rows, _) => Forward(rows, log), input, input);

    public static TensorImpl Back(TensorImpl grad, TensorImpl result, int dim, bool log) =>
        AlongLast(dim, (g, y) => Backward(g, y, log), grad, result);

    /// <summary>Brings a dimension to the end, and the answer's back to where it was.</summary>
    private static TensorImpl AlongLast(int dim, Func<TensorImpl, TensorImpl, TensorImpl> work, TensorImpl a, TensorImpl b)
    {
        if (a.Rank == 0)
            return Vector(work(Vector(a, 1), Vector(b, 1)), 0);
        var answer = work(Swapped(a, dim), Swapped(b, dim));
        return dim == a.Rank - 1 ? answer : CopyKernel.Contiguous(Swap(answer, dim));
    }

    private static TensorImpl Vector(TensorImpl a, int rank) =>
        rank == 1 ? a.View([1], [1], a.Offset) : a.View([], [], a.Offset);

    private static TensorImpl Swapped(TensorImpl a, int dim)
    {
        var view = Swap(a, dim);
        return view.IsContiguous ? view : CopyKernel.Contiguous(view);
    }

    private static TensorImpl Swap(TensorImpl a, int dim)
    {
        var (sizes, strides) = ((long[])a.Sizes.Clone(), (long[])a.Strides.Clone());
        (sizes[dim], sizes[^1]) = (sizes[^1], sizes[dim]);
        (strides[dim], strides[^1]) = (strides[^1], strides[dim]);
        return a.View(sizes, strides, a.Offset);
    }

    private static TensorImpl Forward(TensorImpl input, bool log)
    {
        var result = TensorImpl.Create(input.DType, (long[])input.Sizes.Clone());
        var work = new ForwardWork(input, result, log);
        DTypes.ForFloat<ForwardWork, bool>(input.DType, ref work);
        return result;
    }

    private static TensorImpl Backward(TensorImpl grad, TensorImpl y, bool log)
    {
        var result = TensorImpl.Create(grad.DType, (long[])grad.Sizes.Clone());
        var work = new BackwardWork(grad, y, result, log);
        DTypes.ForFloat<BackwardWork, bool>(grad.DType, ref work);
        return result;
    }

    private readonly struct ForwardWork(TensorImpl input, TensorImpl result, bool log) : IForFloat<bool>
    {
        public bool Run<T>() where T : unmanaged, IFloatingPointIeee754<T>
        {
            var width = (int)input.Sizes[^1];
            var from = input.Elements<T>();
            var to = result.Elements<T>();
            for (var at = 0; at < from.Length; at += width)
            {
                if (log)
                    LogRow(from.Slice(at, width), to.Slice(at, width));
                else
                    Row(from.Slice(at, width), to.Slice(at, width));
            }

            return true;
        }

        private static void Row<T>(ReadOnlySpan<T> x, Span<T> y) where T : unmanaged, IFloatingPointIeee754<T>
        {
            var sum = RowMath.ExpMinus(x, RowMath.Max(x), y);
            RowMath.Scale(y, T.One / sum);
        }

        private static void LogRow<T>(ReadOnlySpan<T> x, Span<T> y) where T : unmanaged, IFloatingPointIeee754<T>
        {
            var peak = RowMath.Max(x);
            var total = T.Log(RowMath.ExpMinus(x, peak, y));
            for (var i = 0; i < x.Length; i++)
                y[i] = x[i] - peak - total;
        }
    }

    private readonly struct BackwardWork(TensorImpl grad, TensorImpl y, TensorImpl result, bool log) : IForFloat<bool>
    {
        public bool Run<T>() where T : unmanaged, IFloatingPointIeee754<T>
        {
            var width = (int)grad.Sizes[^1];
            var g = grad.Elements<T>();
            var answers = y.Elements<T>();
            var to = result.Elements<T>();
            for (var at = 0; at < g.Length; at += width)
            {
                if (log)
                    LogRow<T>(g.Slice(at, width), answers.Slice(at, width), to.Slice(at, width));
                else
                    Row<T>(g.Slice(at, width), answers.Slice(at, width), to.Slice(at, width));
            }

            return true;
        }

        private static void Row<T>(ReadOnlySpan<T> g, ReadOnlySpan<T> y, Span<T> to) where T : unmanaged, IFloatingPointIeee754<T>
        {
            var dot = RowMath.Dot(g, y);
            RowMath.ShiftTimes(g, dot, y, to);
        }

        private static void LogRow<T>(ReadOnlySpan<T> g, ReadOnlySpan<T> y, Span<T> to) where T : unmanaged, IFloatingPointIeee754<T>
        {
            var sum = RowMath.Sum(g);
            for (var i = 0; i < g.Length; i++)
                to[i] = g[i] - (T.Exp(y[i]) * sum);
        }
    }
}
