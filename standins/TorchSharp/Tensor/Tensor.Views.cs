using TorchSharp.Internal;

namespace TorchSharp;

public static partial class torch
{
    /// <summary>Other shapes of the same memory. Writing through a view is seen by the tensor it came from.</summary>
    public partial class Tensor
    {
        public Tensor T => Impl.Rank < 2 ? alias() : permute(Enumerable.Range(0, Impl.Rank).Reverse().Select(d => (long)d));

        public Tensor t()
        {
            if (Impl.Rank > 2)
                Fail.Native($"t() expects a tensor with <= 2 dimensions, but self is {Impl.Rank}D");
            return Impl.Rank < 2 ? alias() : transpose(0, 1);
        }

        public Tensor view(params long[] shape)
        {
            var impl = Impl;
            var sizes = Shapes.Infer(shape, impl.Numel);
            var strides = Shapes.Restride(impl.Sizes, impl.Strides, sizes);
            if (strides is null)
            {
                Fail.Native("view size is not compatible with input tensor's size and stride (at least one dimension " +
                    "spans across two contiguous subspaces). Use .reshape(...) instead.");
            }

            return Reshaped(impl, sizes, strides);
        }

        public Tensor view_as(Tensor other) => view(other.shape);

        /// <summary>A view where possible, else a copy.</summary>
        public Tensor reshape(params long[] shape)
        {
            var impl = Impl;
            var sizes = Shapes.Infer(shape, impl.Numel);
            var strides = Shapes.Restride(impl.Sizes, impl.Strides, sizes);
            return strides is not null
                ? Reshaped(impl, sizes, strides)
                : Graph.Result(
                    CopyKernel.Contiguous(impl).View(sizes, Shapes.ContiguousStrides(sizes), 0),
                    Graph.Records(impl) ? new ReshapeNode(impl) : null);
        }

        public Tensor flatten(long start_dim = 0, long end_dim = -1)
        {
            var sizes = Impl.Sizes;
            if (sizes.Length == 0)
                return reshape(1);

            var start = Shapes.Dim(start_dim, sizes.Length);
            var end = Shapes.Dim(end_dim, sizes.Length);
            if (start > end)
                Fail.Native("flatten() has invalid args: start_dim cannot come after end_dim");
            return start == end
                ? alias()
                : reshape([.. sizes[..start], Shapes.Count(sizes.AsSpan(start, end - start + 1)), .. sizes[(end + 1)..]]);
        }

        public Tensor unflatten(long dim, params long[] sizes)
        {
            var impl = Impl;
            var d = Shapes.Dim(dim, impl.Rank);
            return view([.. impl.Sizes[..d], .. Shapes.Infer(sizes, impl.Sizes[d]), .. impl.Sizes[(d + 1)..]]);
        }

        public Tensor unsqueeze(long dim)
        {
            var impl = Impl;
            var d = Shapes.Dim(dim, impl.Rank + 1);
            var stride = d < impl.Rank ? impl.Sizes[d] * impl.Strides[d] : 1;
            return Reshaped(
                impl,
                [.. impl.Sizes[..d], 1, .. impl.Sizes[d..]],
                [.. impl.Strides[..d], stride, .. impl.Strides[d..]]);
        }

        public Tensor squeeze(long? dim = null)
        {
            var impl = Impl;
            var only = dim is { } given ? Shapes.Dim(given, impl.Rank) : -1;
            var kept = Enumerable.Range(0, impl.Rank)
                .Where(d => impl.Sizes[d] != 1 || (only >= 0 && d != only)).ToArray();
            return Reshaped(impl, Pick(impl.Sizes, kept), Pick(impl.Strides, kept));
        }

        public Tensor transpose(long dim0, long dim1)
        {
            var impl = Impl;
            var (a, b) = (Shapes.Dim(dim0, impl.Rank), Shapes.Dim(dim1, impl.Rank));
            if (impl.Rank == 0)
                return alias();

            var order = Enumerable.Range(0, impl.Rank).ToArray();
            (order[a], order[b]) = (b, a);
            return Permuted(impl, order);
        }

        public Tensor permute(params long[] permutation)
        {
            var impl = Impl;
            if (permutation.Length != impl.Rank)
            {
                Fail.Native("permute(): number of dimensions in the tensor input does not match the length of " +
                    $"the desired ordering of dimensions i.e. input.dim() = {impl.Rank} is not equal to len(dims) = {permutation.Length}");
            }

            var order = permutation.Select(d => Shapes.Dim(d, impl.Rank)).ToArray();
            if (order.Distinct().Count() != order.Length)
                Fail.Native("permute(): duplicate dims are not allowed.");
            return Permuted(impl, order);
        }

        public Tensor permute(IEnumerable<long> permutation) => permute(permutation.ToArray());

        /// <summary>Repeats dimensions of size 1 without copying; -1 keeps a size.</summary>
        public Tensor expand(ReadOnlySpan<long> sizes, bool isImplicit = false)
        {
            var impl = Impl;
            var lead = sizes.Length - impl.Rank;
            if (lead < 0)
            {
                Fail.Native($"expand({Fail.Show(impl.Sizes)}, size={Fail.Show(sizes)}): the number of sizes provided " +
                    "must be greater or equal to the number of dimensions in the tensor");
            }

            var wanted = sizes.ToArray();
            var strides = new long[wanted.Length];
            for (var d = 0; d < wanted.Length; d++)
            {
                var size = d < lead ? 1 : impl.Sizes[d - lead];
                if (wanted[d] == -1 && d >= lead)
                    wanted[d] = size;
                if (wanted[d] < 0)
                    Fail.Native($"The expanded size of the tensor ({wanted[d]}) isn't allowed in a leading, non-existing dimension {d}");
                if (wanted[d] != size && size != 1)
                {
                    Fail.Native($"The expanded size of the tensor ({wanted[d]}) must match the existing size ({size}) at " +
                        $"non-singleton dimension {d}.");
                }

                strides[d] = d >= lead && wanted[d] == size ? impl.Strides[d - lead] : 0;
            }

            var view = impl.TrackedView(wanted, strides, impl.Offset);
            return Graph.Result(view, Graph.Records(impl) ? new IdentityNode(impl) : null);
        }

        public Tensor expand(long[] sizes, bool isImplicit = false) => expand((ReadOnlySpan<long>)sizes, isImplicit);

        public Tensor expand(params long[] sizes) => expand((ReadOnlySpan<long>)sizes);

        public Tensor expand_as(Tensor other) => expand((ReadOnlySpan<long>)other.Impl.Sizes);

        public Tensor broadcast_to(params long[] shape) => expand((ReadOnlySpan<long>)shape);

        public Tensor select(long dim, long index) => Select(dim, index, ViewOrigin.Plain);

        private Tensor Select(long dim, long index, ViewOrigin origin)
        {
            var impl = Impl;
            if (impl.Rank == 0)
                Fail.Native("select() cannot be applied to a 0-dim tensor.");

            var d = Shapes.Dim(dim, impl.Rank);
            var size = impl.Sizes[d];
            if (index < -size || index >= size)
            {
                Fail.Native($"select(): index {index} out of range for tensor of size {Fail.Show(impl.Sizes)} " +
                    $"at dimension {d}");
            }

            var others = Enumerable.Range(0, impl.Rank).Where(i => i != d).ToArray();
            var offset = impl.Offset + ((index < 0 ? index + size : index) * impl.Strides[d]);
            return Part(impl, Pick(impl.Sizes, others), Pick(impl.Strides, others), offset, origin);
        }

        public Tensor narrow(long dim, long start, long length)
        {
            var impl = Impl;
            if (impl.Rank == 0)
                Fail.Native("narrow() cannot be applied to a 0-dim tensor.");
            if (length < 0)
                Fail.Native("narrow(): length must be non-negative.");

            var size = impl.Sizes[Shapes.Dim(dim, impl.Rank)];
            if (start < -size || start > size)
                Fail.Native($"start out of range (expected to be in range of [{-size}, {size}], but got {start})");
            if (start < 0)
                start += size;
            if (start > size - length)
                Fail.Native($"start ({start}) + length ({length}) exceeds dimension size ({size}).");
            return slice(dim, start, start + length, 1);
        }

        public Tensor slice(long dim, long start, long finish, long step) =>
            Slice(dim, start, finish, step, ViewOrigin.Plain);

        private Tensor Slice(long dim, long start, long finish, long step, ViewOrigin origin)
        {
            if (step < 1)
                throw new ArgumentException($"The step must be positive, not {step}.");

            var impl = Impl;
            if (impl.Rank == 0)
                Fail.Native("slice() cannot be applied to a 0-dim tensor.");

            // As in Python: ends count from the back when negative and are cut to what is there.
            var d = Shapes.Dim(dim, impl.Rank);
            var size = impl.Sizes[d];
            start = Math.Clamp(start < 0 ? start + size : start, 0, size);
            finish = Math.Clamp(finish < 0 ? finish + size : finish, start, size);

            var (sizes, strides) = ((long[])impl.Sizes.Clone(), (long[])impl.Strides.Clone());
            sizes[d] = (finish - start + step - 1) / step;
            strides[d] *= step;
            return Part(impl, sizes, strides, impl.Offset + (start * impl.Strides[d]), origin);
        }

        public Tensor[] split(long size, int dim = 0)
        {
            var length = Impl.Sizes[Shapes.Dim(dim, Impl.Rank)];
            if (size <= 0)
                Fail.Native($"split expects split_size be positive, but got split_size={size}");
            return Enumerable.Range(0, (int)Math.Max(1, (length + size - 1) / size))
                .Select(i => Slice(dim, i * size, Math.Min((i + 1) * size, length), 1, ViewOrigin.OneOfSeveral)).ToArray();
        }

        public Tensor[] chunk(long chunks, long dim = 0L)
        {
            if (chunks <= 0)
                Fail.Native($"chunk expects `chunks` to be greater than 0, got: {chunks}");
            var length = Impl.Sizes[Shapes.Dim(dim, Impl.Rank)];
            return split(Math.Max(1, (length + chunks - 1) / chunks), (int)dim);
        }

        public Tensor[] unbind(long dimension = 0L) =>
            Enumerable.Range(0, (int)size((int)dimension)).Select(i => Select(dimension, i, ViewOrigin.OneOfSeveral)).ToArray();

        /// <summary>The same elements in the same order.</summary>
        private static Tensor Reshaped(TensorImpl impl, long[] sizes, long[] strides) => Graph.Result(
            impl.TrackedView(sizes, strides, impl.Offset), Graph.Records(impl) ? new ReshapeNode(impl) : null);

        private static Tensor Permuted(TensorImpl impl, int[] order) => Graph.Result(
            impl.TrackedView(Pick(impl.Sizes, order), Pick(impl.Strides, order), impl.Offset),
            Graph.Records(impl) ? new PermuteNode(impl, order) : null);

        /// <summary>Some of the elements.</summary>
        private static Tensor Part(TensorImpl impl, long[] sizes, long[] strides, long offset, ViewOrigin origin)
        {
            var view = impl.TrackedView(sizes, strides, offset, origin);
            return Graph.Result(view, Graph.Records(impl) ? new WindowNode(impl, view) : null);
        }

        private static long[] Pick(long[] values, int[] at) => Array.ConvertAll(at, i => values[i]);
    }
}
