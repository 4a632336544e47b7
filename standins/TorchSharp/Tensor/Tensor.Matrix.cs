using TorchSharp.Internal;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>Triangles, repetition and choice.</summary>
    public partial class Tensor
    {
        public Tensor bmm(Tensor batch2) => OfRank(3, batch2);

        /// <summary>The lower triangle, the rest zero.</summary>
        public Tensor tril(long diagonal = 0)
        {
            var impl = Impl;
            return Graph.Result(
                TriangleKernel.Lower(impl, diagonal), Graph.Records(impl) ? new TriangleNode(impl, diagonal, lower: true) : null);
        }

        /// <summary>The upper triangle, the rest zero.</summary>
        public Tensor triu(long diagonal = 0)
        {
            var impl = Impl;
            return Graph.Result(
                TriangleKernel.Upper(impl, diagonal), Graph.Records(impl) ? new TriangleNode(impl, diagonal, lower: false) : null);
        }

        /// <summary>Copies side by side, so many along each dimension.</summary>
        public Tensor repeat(params long[] sizes)
        {
            var impl = Impl;
            var lead = sizes.Length - impl.Rank;
            if (lead < 0)
                Fail.Native("Number of dimensions of repeat dims can not be smaller than number of dimensions of tensor");

            // Every dimension becomes two, the first of which repeats without moving in memory.
            var (shape, strides, merged) = (new long[2 * sizes.Length], new long[2 * sizes.Length], new long[sizes.Length]);
            for (var d = 0; d < sizes.Length; d++)
            {
                var size = d < lead ? 1 : impl.Sizes[d - lead];
                (shape[2 * d], shape[(2 * d) + 1]) = (sizes[d], size);
                strides[(2 * d) + 1] = d < lead ? 0 : impl.Strides[d - lead];
                merged[d] = sizes[d] * size;
            }

            var copy = CopyKernel.Contiguous(impl.View(shape, strides, impl.Offset));
            return Graph.Result(
                copy.View(merged, Shapes.ContiguousStrides(merged), 0), Graph.Records(impl) ? new RepeatNode(impl, shape) : null);
        }

        /// <summary>This tensor's elements where the condition is true, the other's elsewhere.</summary>
        public Tensor where(Tensor condition, Tensor y)
        {
            var (a, b) = (Impl, y.Impl);
            return Graph.Result(
                SelectKernel.Where(condition.Impl, a, b), Graph.Records(a, b) ? new WhereNode(condition.Impl, a, b) : null);
        }

        /// <summary>A copy with one value where the mask is true.</summary>
        public Tensor masked_fill(Tensor mask, Scalar value)
        {
            var impl = Impl;
            var shape = (long[])Shapes.Broadcast(impl.Sizes, MaskOf(mask).Sizes).Clone();
            var result = CopyKernel.Contiguous(impl.View(shape, impl.StridesFor(shape), impl.Offset));
            SelectKernel.Into(mask.Impl, Whole(value, impl.DType), result, result);
            return Graph.Result(result, Graph.Records(impl) ? new MaskedFillNode(impl, mask.Impl) : null);
        }

        public Tensor masked_fill_(Tensor mask, Scalar value)
        {
            var impl = Impl;
            Graph.CheckInPlace(impl);
            CheckStretch(impl, MaskOf(mask));
            var node = Graph.Records(impl) ? new MaskedFillNode(impl, mask.Impl) : null;
            SelectKernel.Into(mask.Impl, Whole(value, impl.DType), impl, impl);
            Graph.Changed(impl, node);
            return this;
        }

        private Tensor OfRank(int rank, Tensor other)
        {
            if (Impl.Rank != rank || other.Impl.Rank != rank)
                Fail.Native($"both tensors must have {rank} dimensions; they have {Impl.Rank} and {other.Impl.Rank}");
            if (rank == 3 && Impl.Sizes[0] != other.Impl.Sizes[0])
                Fail.Native($"both batches must be of one size; they are {Impl.Sizes[0]} and {other.Impl.Sizes[0]}");
            return matmul(other);
        }

        private static TensorImpl MaskOf(Tensor mask)
        {
            if (mask.dtype != ScalarType.Bool)
                Fail.Native($"masked_fill only supports boolean masks, but got mask with dtype {mask.dtype}");
            return mask.Impl;
        }
    }
}
