using TorchSharp.Internal;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>Reductions, over everything or along dimensions.</summary>
    public partial class Tensor
    {
        public Tensor sum(ScalarType? type = null) => SumOver([], false, type);

        public Tensor sum(long[] dim, bool keepdim = false, ScalarType? type = null) => SumOver(dim, keepdim, type);

        public Tensor sum(ReadOnlySpan<long> dim, bool keepdim = false, ScalarType? type = null) => SumOver(dim, keepdim, type);

        public Tensor sum(long dim, bool keepdim = false, ScalarType? type = null) => SumOver([dim], keepdim, type);

        public Tensor sum(long dim0, long dim1, bool keepdim = false, ScalarType? type = null) => SumOver([dim0, dim1], keepdim, type);

        public Tensor mean() => mean([]);

        public Tensor mean(long[] dimensions, bool keepdim = false, ScalarType? type = null)
        {
            var impl = Impl;
            if (!(type ?? impl.DType).IsFloatingPoint())
                Fail.Native($"mean(): could not infer output dtype. Input dtype must be a floating point dtype. Got: {impl.DType}");

            var dims = ReduceKernel.Dims(dimensions, impl.Rank);
            var total = ReduceKernel.Sum(impl, dims, keepdim, type);
            var count = Whole(Shapes.Count(Pick(impl.Sizes, dims)), total.DType);
            return Graph.Result(BinaryKernel.Run(BinaryOp.Divide, total, count, total.DType), impl);
        }

        public Tensor max() => Graph.Result(Extreme([], false, true).Values, Impl);

        public Tensor max(Tensor other) => maximum(other);

        public (Tensor values, Tensor indexes) max(long dim, bool keepdim = false)
        {
            var (values, indices) = Extreme([dim], keepdim, largest: true);
            return (Graph.Result(values, Impl), new Tensor(indices));
        }

        public Tensor min() => Graph.Result(Extreme([], false, false).Values, Impl);

        public Tensor min(Tensor other) => minimum(other);

        public (Tensor values, Tensor indexes) min(long dim, bool keepdim = false)
        {
            var (values, indices) = Extreme([dim], keepdim, largest: false);
            return (Graph.Result(values, Impl), new Tensor(indices));
        }

        public Tensor argmax() => new(Extreme([], false, true).Indices);

        public Tensor argmax(long dim, bool keepdim = false) => new(Extreme([dim], keepdim, true).Indices);

        public Tensor any() => new(ReduceKernel.Any(Impl, ReduceKernel.Dims([], Impl.Rank), false));

        public Tensor any(long dim, bool keepdim = false) => new(ReduceKernel.Any(Impl, ReduceKernel.Dims([dim], Impl.Rank), keepdim));

        public Tensor all() => new(ReduceKernel.All(Impl, ReduceKernel.Dims([], Impl.Rank), false));

        public Tensor all(long dim, bool keepdim = false) => new(ReduceKernel.All(Impl, ReduceKernel.Dims([dim], Impl.Rank), keepdim));

        /// <summary>Exponentials that sum to one along a dimension.</summary>
        public Tensor softmax(long dim, ScalarType? dtype = null)
        {
            var impl = Impl;
            var input = dtype is { } type ? CopyKernel.Cast(impl, type) : impl;
            if (!input.DType.IsFloatingPoint())
                Fail.Native($"softmax is not implemented for '{input.DType}'");

            var d = ReduceKernel.Dims([dim], input.Rank);
            var peak = ReduceKernel.Extreme(input, d, true, largest: true).Values;
            var raised = UnaryKernel.Real(UnaryOp.Exp, BinaryKernel.Run(BinaryOp.Subtract, input, peak, input.DType));
            var total = ReduceKernel.Sum(raised, d, true, null);
            return Graph.Result(BinaryKernel.Run(BinaryOp.Divide, raised, total, input.DType), impl);
        }

        private Tensor SumOver(ReadOnlySpan<long> dims, bool keep, ScalarType? type)
        {
            var impl = Impl;
            return Graph.Result(ReduceKernel.Sum(impl, ReduceKernel.Dims(dims, impl.Rank), keep, type), impl);
        }

        private (TensorImpl Values, TensorImpl Indices) Extreme(ReadOnlySpan<long> dims, bool keep, bool largest) =>
            ReduceKernel.Extreme(Impl, ReduceKernel.Dims(dims, Impl.Rank), keep, largest);
    }
}
