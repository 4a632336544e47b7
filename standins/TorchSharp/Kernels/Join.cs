namespace TorchSharp.Internal;

/// <summary>Concatenation.</summary>
internal static class Join
{
    public static TensorImpl Cat(TensorImpl[] parts, long dim)
    {
        // An empty vector is no part, whatever the others look like.
        var real = Array.FindAll(parts, part => part.Rank != 1 || part.Numel > 0);
        var dtype = parts[0].DType;
        foreach (var part in parts)
        {
            if (part.Rank == 0)
                Fail.Native("zero-dimensional tensor (at position 0) cannot be concatenated");
            dtype = DTypes.Promote(dtype, part.DType);
        }

        if (real.Length == 0)
            return TensorImpl.Create(dtype, [0]);

        var sizes = (long[])real[0].Sizes.Clone();
        var d = Shapes.Dim(dim, sizes.Length);
        sizes[d] = real.Sum(part => Length(part, real[0], d));

        var result = TensorImpl.Create(dtype, sizes);
        var at = 0L;
        foreach (var part in real)
        {
            CopyKernel.Copy(part, result.View(part.Sizes, result.Strides, at * result.Strides[d]));
            at += part.Sizes[d];
        }

        return result;
    }

    private static long Length(TensorImpl part, TensorImpl first, int dim)
    {
        if (part.Rank != first.Rank)
            Fail.Native($"Tensors must have same number of dimensions: got {first.Rank} and {part.Rank}");
        for (var d = 0; d < part.Rank; d++)
        {
            if (d != dim && part.Sizes[d] != first.Sizes[d])
            {
                Fail.Native($"Sizes of tensors must match except in dimension {dim}. Expected size {first.Sizes[d]} " +
                    $"but got size {part.Sizes[d]} in dimension {d}.");
            }
        }

        return part.Sizes[dim];
    }
}
