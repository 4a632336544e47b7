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
            return Graph.Result(
                BinaryKernel.Run(BinaryOp.Divide, total, count, total.DType),
                Graph.Records(impl) ? new SumNode(impl, dims, 1d / Shapes.Count(Pick(impl.Sizes, dims))) : null);
        }

        public Tensor max() => ExtremeOfAll(largest: true);

        public Tensor max(Tensor other) => maximum(other);

        public (Tensor values, Tensor indexes) max(long dim, bool keepdim = false) =>
            ExtremeAlong(dim, keepdim, largest: true);

        public Tensor min() => ExtremeOfAll(largest: false);

        public Tensor min(Tensor other) => minimum(other);

        public (Tensor values, Tensor indexes) min(long dim, bool keepdim = false) =>
            ExtremeAlong(dim, keepdim, largest: false);

        public Tensor argmax() => new(Extreme([], false, true).Indices);

        public Tensor argmax(long dim, bool keepdim = false) => new(Extreme([dim], keepdim, true).Indices);

        public Tensor any() => new(ReduceKernel.Any(Impl, ReduceKernel.Dims([], Impl.Rank), false));

        public Tensor any(long dim, bool keepdim = false) => new(ReduceKernel.Any(Impl, ReduceKernel.Dims([dim], Impl.Rank), keepdim));

        public Tensor all() => new(ReduceKernel.All(Impl, ReduceKernel.Dims([], Impl.Rank), false));

        public Tensor all(long dim, bool keepdim = false) => new(ReduceKernel.All(Impl, ReduceKernel.Dims([dim], Impl.Rank), keepdim));

        /// <summary>Exponentials that sum to one along a dimension.</summary>
        public Tensor softmax(long dim, ScalarType? dtype = null) => Softmax(dim, dtype, log: false);

        /// <summary>The logarithm of <see cref="softmax"/>, without the detour.</summary>
        public Tensor log_softmax(long dim, ScalarType? dtype = null) => Softmax(dim, dtype, log: true);

        private Tensor Softmax(long dim, ScalarType? dtype, bool log)
        {
            var impl = Impl;
            var input = dtype is { } type ? CopyKernel.Cast(impl, type) : impl;
            if (!input.DType.IsFloatingPoint())
                Fail.Native($"softmax is not implemented for '{input.DType}'");

            var d = Shapes.Dim(dim, input.Rank);
            var result = SoftmaxKernel.Run(input, d, log);
            return Graph.Result(result, Graph.Records(impl) ? new SoftmaxNode(impl, result, d, log) : null);
        }

        private Tensor SumOver(ReadOnlySpan<long> dims, bool keep, ScalarType? type)
        {
            var impl = Impl;
            var reduced = ReduceKernel.Dims(dims, impl.Rank);
            return Graph.Result(
                ReduceKernel.Sum(impl, reduced, keep, type), Graph.Records(impl) ? new SumNode(impl, reduced) : null);
        }

        private Tensor ExtremeOfAll(bool largest)
        {
            var impl = Impl;
            var value = Extreme([], false, largest).Values;
            return Graph.Result(value, Graph.Records(impl) ? new ExtremeOfAllNode(impl, value) : null);
        }

        private (Tensor Values, Tensor Indexes) ExtremeAlong(long dim, bool keep, bool largest)
        {
            var impl = Impl;
            var (values, indices) = Extreme([dim], keep, largest);
            var node = Graph.Records(impl) ? new ExtremeNode(impl, ReduceKernel.Dims([dim], impl.Rank), indices) : null;
            return (Graph.Result(values, node), new Tensor(indices));
        }

        private (TensorImpl Values, TensorImpl Indices) Extreme(ReadOnlySpan<long> dims, bool keep, bool largest) =>
            ReduceKernel.Extreme(Impl, ReduceKernel.Dims(dims, Impl.Rank), keep, largest);
    }
}
