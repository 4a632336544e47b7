namespace TorchSharp.Internal;

/// <summary>Copies of chosen places along one dimension.</summary>
internal static class Gather
{
    public static TensorImpl Along(TensorImpl source, int dim, TensorImpl places)
    {
        var sizes = source.Rank == 0 ? [1] : (long[])source.Sizes.Clone();
        var strides = source.Rank == 0 ? [1] : source.Strides;
        var length = sizes[dim];
        var wanted = ReadPlaces(places, length);
        sizes[dim] = wanted.Length;

        var result = TensorImpl.Create(source.DType, sizes);
        var row = (long[])sizes.Clone();
        row[dim] = 1;
        for (var i = 0; i < wanted.Length; i++)
        {
            CopyKernel.Copy(
                source.View(row, strides, source.Offset + (wanted[i] * strides[dim])),
                result.View(row, result.Strides, i * result.Strides[dim]));
        }

        return source.Rank == 0 ? result.View([], [], 0) : result;
    }

    /// <summary>Indices as positions; negative ones are refused, as index_select refuses them.</summary>
    private static long[] ReadPlaces(TensorImpl places, long length)
    {
        var wanted = CopyKernel.Contiguous(places, torch.ScalarType.Int64).Elements<long>().ToArray();
        foreach (var place in wanted)
        {
            if (place < 0 || place >= length)
                Fail.Native($"index out of range in self: {place} in a dimension of size {length}");
        }

        return wanted;
    }
}
