using System.Numerics;
using static TorchSharp.torch;

namespace TorchSharp.Internal;

/// <summary>Elements by index along one dimension, read, and added up on the way back.</summary>
internal static class IndexKernel
{
    /// <summary>result[i][j][k] = source[i][places[i][j][k]][k] for dimension 1, and so on for others.</summary>
    public static TensorImpl Gather(TensorImpl source, int dim, TensorImpl places)
    {
        var result = TensorImpl.Create(source.DType, (long[])places.Sizes.Clone());
        var work = new GatherWork(source, result, dim, places);
        DTypes.ForNumber<GatherWork, bool>(source.DType, ref work);
        return result;
    }

    /// <summary>target[i][places[i][j][k]][k] += source[i][j][k] for dimension 1, and so on for others.</summary>
    public static void ScatterAdd(TensorImpl source, TensorImpl target, int dim, TensorImpl places)
    {
        var work = new ScatterWork(source, target, dim, places);
        DTypes.ForNumber<ScatterWork, bool>(source.DType, ref work);
    }

    /// <summary>Adds the places of the source, in order, to the given places of the target.</summary>
    public static void AddPlaces(TensorImpl source, TensorImpl target, int dim, TensorImpl places)
    {
        if (target.Rank == 0)
        {
            BinaryKernel.RunInto(BinaryOp.Add, target, source.View([], [], source.Offset), target);
            return;
        }

        var wanted = CopyKernel.Contiguous(places, ScalarType.Int64).Elements<long>();
        if (dim == 0 && source.IsContiguous && target.IsContiguous)
        {
            var work = new RowsWork(source, target, wanted.ToArray());
            DTypes.ForNumber<RowsWork, bool>(source.DType, ref work);
            return;
        }

        var row = (long[])target.Sizes.Clone();
        row[dim] = 1;
        for (var i = 0; i < wanted.Length; i++)
        {
            var to = target.View(row, target.Strides, target.Offset + (wanted[i] * target.Strides[dim]));
            BinaryKernel.RunInto(BinaryOp.Add, to, source.View(row, source.Strides, source.Offset + (i * source.Strides[dim])), to);
        }
    }

    /// <summary>For each index, in row-major order, where in memory its row of the tensor starts.</summary>
    private static long[] Starts(TensorImpl tensor, int dim, TensorImpl places, bool byPlace)
    {
        var indices = CopyKernel.Contiguous(places, ScalarType.Int64).Elements<long>();
        var starts = new long[indices.Length];
        var (sizes, strides) = (places.Sizes, tensor.Strides);
        var position = new long[sizes.Length];
        for (var i = 0; i < starts.Length; i++)
        {
            var start = tensor.Offset;
            for (var d = 0; d < position.Length; d++)
                start += (d == dim && byPlace ? Checked(indices[i], tensor.Sizes[d], d) : position[d]) * strides[d];
            starts[i] = start;
            for (var d = position.Length - 1; d >= 0 && ++position[d] == sizes[d]; d--)
                position[d] = 0;
        }

        return starts;
    }

    private static long Checked(long place, long size, int dim)
    {
        if (place < 0 || place >= size)
            Fail.Native($"index {place} is out of bounds for dimension {dim} with size {size}");
        return place;
    }

    private readonly struct GatherWork(TensorImpl source, TensorImpl result, int dim, TensorImpl places) : IForNumber<bool>
    {
        public bool Run<T>() where T : unmanaged, INumber<T>
        {
            var from = source.Storage.As<T>();
            var to = result.Elements<T>();
            var starts = source.Rank == 0 ? Enumerable.Repeat(source.Offset, to.Length).ToArray() : Starts(source, dim, places, true);
            for (var i = 0; i < to.Length; i++)
                to[i] = from[(int)starts[i]];
            return true;
        }
    }

    private readonly struct ScatterWork(TensorImpl source, TensorImpl target, int dim, TensorImpl places) : IForNumber<bool>
    {
        public bool Run<T>() where T : unmanaged, INumber<T>
        {
            var from = source.Storage.As<T>();
            var to = target.Storage.As<T>();
            var reads = Starts(source, dim, places, false);
            var writes = Starts(target, dim, places, true);
            for (var i = 0; i < reads.Length; i++)
                to[(int)writes[i]] += from[(int)reads[i]];
            return true;
        }
    }

    private readonly struct RowsWork(TensorImpl source, TensorImpl target, long[] places) : IForNumber<bool>
    {
        public bool Run<T>() where T : unmanaged, INumber<T>
        {
            var from = source.Elements<T>();
            var to = target.Elements<T>();
            var width = places.Length == 0 ? 0 : from.Length / places.Length;
            for (var i = 0; i < places.Length; i++)
            {
                var row = to.Slice((int)places[i] * width, width);
                var add = from.Slice(i * width, width);
                for (var c = 0; c < width; c++)
                    row[c] += add[c];
            }

            return true;
        }
    }
}
