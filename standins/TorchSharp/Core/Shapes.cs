namespace TorchSharp.Internal;

/// <summary>Arithmetic on sizes and strides.</summary>
internal static class Shapes
{
    public static long Count(ReadOnlySpan<long> sizes)
    {
        var count = 1L;
        foreach (var size in sizes)
            count = checked(count * size);
        return count;
    }

    public static long[] ContiguousStrides(ReadOnlySpan<long> sizes)
    {
        var strides = new long[sizes.Length];
        var step = 1L;
        for (var i = sizes.Length - 1; i >= 0; i--)
        {
            strides[i] = step;
            step *= Math.Max(sizes[i], 1);
        }

        return strides;
    }

    public static bool IsContiguous(ReadOnlySpan<long> sizes, ReadOnlySpan<long> strides)
    {
        var step = 1L;
        for (var i = sizes.Length - 1; i >= 0; i--)
        {
            if (sizes[i] == 0)
                return true;
            if (sizes[i] == 1)
                continue;
            if (strides[i] != step)
                return Count(sizes) == 0;
            step *= sizes[i];
        }

        return true;
    }

    /// <summary>Resolves a dimension that may count from the end. A tensor without dimensions accepts 0 and -1.</summary>
    public static int Dim(long dim, int rank)
    {
        var range = Math.Max(rank, 1);
        if (dim < -range || dim >= range)
            Fail.Native($"Dimension out of range (expected to be in range of [{-range}, {range - 1}], but got {dim})");
        return (int)(dim < 0 ? dim + range : dim);
    }

    /// <summary>The common shape of two operands, sizes of 1 stretching.</summary>
    public static long[] Broadcast(long[] a, long[] b)
    {
        if (a.AsSpan().SequenceEqual(b))
            return a;

        var result = new long[Math.Max(a.Length, b.Length)];
        for (var i = 1; i <= result.Length; i++)
        {
            var x = i <= a.Length ? a[^i] : 1;
            var y = i <= b.Length ? b[^i] : 1;
            if (x != y && x != 1 && y != 1)
            {
                Fail.Native($"The size of tensor a ({x}) must match the size of tensor b ({y}) " +
                    $"at non-singleton dimension {result.Length - i}");
            }

            result[^i] = x == 1 ? y : x;
        }

        return result;
    }

    /// <summary>Fills in the one size that may be given as -1.</summary>
    public static long[] Infer(ReadOnlySpan<long> wanted, long count)
    {
        var sizes = wanted.ToArray();
        var unknown = -1;
        var known = 1L;
        for (var i = 0; i < sizes.Length; i++)
        {
            if (sizes[i] == -1 && unknown < 0)
                unknown = i;
            else if (sizes[i] < 0)
                Fail.Native(sizes[i] == -1 ? "only one dimension can be inferred" : $"invalid shape dimension {sizes[i]}");
            else
                known *= sizes[i];
        }

        if (unknown >= 0 && known > 0 && count % known == 0)
        {
            sizes[unknown] = count / known;
            return sizes;
        }

        if (unknown >= 0 || known != count)
            Fail.Native($"shape '{Fail.Show(wanted)}' is invalid for input of size {count}");
        return sizes;
    }

    /// <summary>Strides with which the same memory is seen in another shape, or null where only a copy will do.</summary>
    public static long[]? Restride(long[] oldSizes, long[] oldStrides, long[] newSizes)
    {
        if (Count(oldSizes) == 0)
            return ContiguousStrides(newSizes);

        var strides = new long[newSizes.Length];
        var view = newSizes.Length - 1;
        var tensorCount = 1L;
        var viewCount = 1L;
        var chunkStride = oldSizes.Length == 0 ? 1 : oldStrides[^1];
        for (var i = oldSizes.Length - 1; i >= 0; i--)
        {
            tensorCount *= oldSizes[i];
            var chunkEnds = i == 0 || (oldSizes[i - 1] != 1 && oldStrides[i - 1] != tensorCount * chunkStride);
            if (!chunkEnds)
                continue;

            while (view >= 0 && (viewCount < tensorCount || newSizes[view] == 1))
            {
                strides[view] = viewCount * chunkStride;
                viewCount *= newSizes[view];
                view--;
            }

            if (viewCount != tensorCount)
                return null;

            if (i > 0)
            {
                chunkStride = oldStrides[i - 1];
                tensorCount = 1;
                viewCount = 1;
            }
        }

        while (view >= 0)
        {
            strides[view] = viewCount * chunkStride;
            view--;
        }

        return strides;
    }
}
