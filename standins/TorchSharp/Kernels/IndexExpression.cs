using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace TorchSharp.Internal;

/// <summary>Evaluates index expressions: first the parts that only change the view, then index tensors.</summary>
internal static class IndexExpression
{
    /// <summary>A value seen in the shape it is written to; extra leading dimensions of size 1 are dropped.</summary>
    public static TensorImpl StretchTo(long[] shape, TensorImpl value)
    {
        var extra = 0;
        while (value.Rank - extra > shape.Length && value.Sizes[extra] == 1)
            extra++;
        var trimmed = value.View(value.Sizes[extra..], value.Strides[extra..], value.Offset);
        if (!Shapes.Broadcast(trimmed.Sizes, shape).AsSpan().SequenceEqual(shape))
        {
            Fail.Native($"shape mismatch: value tensor of shape {Fail.Show(value.Sizes)} cannot be broadcast to " +
                $"indexing result of shape {Fail.Show(shape)}");
        }

        return trimmed;
    }

    /// <summary>The view that all parts but index tensors give, and what these select in it, if there are any.</summary>
    public static (TensorImpl View, IndexedPlaces? Places) Split(TensorImpl source, TensorIndex[] indices)
    {
        var (view, by) = View(source, indices);
        return (view, by.Count == 0 ? null : Places(view, by));
    }

    private static (TensorImpl View, List<(int Dim, TensorImpl By)> ByTensor) View(TensorImpl source, TensorIndex[] indices)
    {
        var sizes = new List<long>();
        var strides = new List<long>();
        var byTensor = new List<(int, TensorImpl)>();
        var offset = source.Offset;
        var dim = 0;
        foreach (var index in Expand(source, indices))
        {
            switch (index.Part)
            {
                case TensorIndex.Kind.None:
                    sizes.Add(1);
                    strides.Add(dim < source.Rank ? source.Sizes[dim] * source.Strides[dim] : 1);
                    break;

                case TensorIndex.Kind.Single:
                    offset += Position(index.Start ?? 0, source.Sizes[dim], dim) * source.Strides[dim];
                    dim++;
                    break;

                case TensorIndex.Kind.Slice:
                    var (start, count, step) = Range(index, source.Sizes[dim]);
                    offset += start * source.Strides[dim];
                    sizes.Add(count);
                    strides.Add(step * source.Strides[dim]);
                    dim++;
                    break;

                case TensorIndex.Kind.Tensor:
                    var by = index.By!.Impl;
                    byTensor.Add((sizes.Count, by));
                    for (var i = 0; i < Consumes(by); i++, dim++)
                    {
                        sizes.Add(source.Sizes[dim]);
                        strides.Add(source.Strides[dim]);
                    }

                    break;

                default:
                    throw new NotImplementedException();
            }
        }

        return (source.TrackedView([.. sizes], [.. strides], offset), byTensor);
    }

    /// <summary>Replaces the ellipsis, or the missing tail, by whole dimensions.</summary>
    private static List<TensorIndex> Expand(TensorImpl source, TensorIndex[] indices)
    {
        var consumed = 0;
        foreach (var index in indices)
        {
            consumed += index.Part switch
            {
                TensorIndex.Kind.Single or TensorIndex.Kind.Slice => 1,
                TensorIndex.Kind.Tensor => Consumes(index.By!.Impl),
                _ => 0,
            };
        }

        var missing = source.Rank - consumed;
        if (source.Rank == 0 && consumed > 0)
            Fail.Native("slice() cannot be applied to a 0-dim tensor.");
        if (missing < 0)
            Fail.Native($"too many indices for tensor of dimension {source.Rank}");

        var result = new List<TensorIndex>();
        var filled = false;
        foreach (var index in indices)
        {
            if (index.Part != TensorIndex.Kind.Ellipsis)
            {
                result.Add(index);
            }
            else if (!filled)
            {
                result.AddRange(Enumerable.Repeat(TensorIndex.Colon, missing));
                filled = true;
            }
        }

        if (!filled)
            result.AddRange(Enumerable.Repeat(TensorIndex.Colon, missing));
        return result;
    }

    /// <summary>A mask stands for as many dimensions as it has itself.</summary>
    private static int Consumes(TensorImpl by) => by.DType is ScalarType.Bool or ScalarType.Byte ? by.Rank : 1;

    private static long Position(long index, long size, int dim)
    {
        if (index < -size || index >= size)
            Fail.Native($"index {index} is out of bounds for dimension {dim} with size {size}");
        return index < 0 ? index + size : index;
    }

    private static (long Start, long Count, long Step) Range(TensorIndex index, long size)
    {
        var step = index.Step ?? 1;
        if (step <= 0)
            Fail.Native("step must be greater than zero");
        var start = index.Start ?? 0;
        var stop = index.Stop ?? size;
        start = Math.Clamp(start < 0 ? start + size : start, 0, size);
        stop = Math.Clamp(stop < 0 ? stop + size : stop, start, size);
        return (start, (stop - start + step - 1) / step, step);
    }

    private static IndexedPlaces Places(TensorImpl view, List<(int Dim, TensorImpl By)> by)
    {
        var indices = new List<(int Dim, TensorImpl Index)>();
        foreach (var (dim, index) in by)
        {
            if (index.DType is ScalarType.Bool or ScalarType.Byte)
                indices.AddRange(Coordinates(view, dim, index));
            else
                indices.Add((dim, index));
        }

        return new IndexedPlaces(view, indices);
    }

    /// <summary>The places where a mask is true, one vector of positions for each of its dimensions.</summary>
    private static (int Dim, TensorImpl Index)[] Coordinates(TensorImpl view, int dim, TensorImpl mask)
    {
        for (var d = 0; d < mask.Rank; d++)
        {
            if (mask.Sizes[d] != view.Sizes[dim + d])
            {
                Fail.Native($"The shape of the mask {Fail.Show(mask.Sizes)} at index {d} does not match the shape of " +
                    $"the indexed tensor {Fail.Show(view.Sizes)} at index {dim + d}");
            }
        }

        var columns = Enumerable.Range(0, mask.Rank).Select(_ => new List<long>()).ToArray();
        var flat = CopyKernel.Contiguous(mask).Elements<byte>();
        for (var i = 0; i < flat.Length; i++)
        {
            if (flat[i] == 0)
                continue;
            var rest = (long)i;
            for (var d = mask.Rank - 1; d >= 0; d--)
            {
                (rest, var at) = Math.DivRem(rest, mask.Sizes[d]);
                columns[d].Add(at);
            }
        }

        return columns.Select((column, d) => (dim + d, FromList(column))).ToArray();
    }

    private static TensorImpl FromList(List<long> values)
    {
        var impl = TensorImpl.Create(ScalarType.Int64, [values.Count]);
        CollectionsMarshal.AsSpan(values).CopyTo(impl.Elements<long>());
        return impl;
    }
}
