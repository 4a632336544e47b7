namespace TorchSharp.Internal;

/// <summary>One innermost run: a number of steps over all operands at once.</summary>
internal interface IStridedKernel
{
    void Run(scoped ReadOnlySpan<long> offsets, scoped ReadOnlySpan<long> strides, int count);
}

/// <summary>
/// Walks several strided operands of one shape together. Dimensions that lie behind one another in memory for
/// every operand are merged first, so that contiguous operands take a single run.
/// </summary>
internal static class StridedLoop
{
    private const int MaxOperands = 4;

    public static void Run<TKernel>(long[] shape, ref TKernel kernel, params ReadOnlySpan<TensorImpl> operands)
        where TKernel : struct, IStridedKernel, allows ref struct
    {
        var count = operands.Length;
        Span<long> offsets = stackalloc long[MaxOperands];
        var strides = new long[MaxOperands][];
        for (var o = 0; o < count; o++)
        {
            offsets[o] = operands[o].Offset;
            strides[o] = operands[o].StridesFor(shape);
        }

        Run(shape, ref kernel, offsets[..count], strides);
    }

    private static void Run<TKernel>(long[] shape, ref TKernel kernel, scoped Span<long> offsets, long[][] strides)
        where TKernel : struct, IStridedKernel, allows ref struct
    {
        var operands = offsets.Length;
        Span<long> sizes = stackalloc long[shape.Length + 1];
        Span<long> steps = stackalloc long[(shape.Length + 1) * operands];
        var rank = Merge(shape, strides, operands, sizes, steps);
        if (rank < 0)
            return;

        // From here dimension 0 is the innermost; dimension d of operand o steps by steps[d * operands + o].
        var inner = checked((int)sizes[0]);
        Span<long> position = stackalloc long[rank];
        position.Clear();
        while (true)
        {
            kernel.Run(offsets, steps[..operands], inner);
            var d = 1;
            for (; d < rank; d++)
            {
                var step = steps.Slice(d * operands, operands);
                if (++position[d] < sizes[d])
                {
                    for (var o = 0; o < operands; o++)
                        offsets[o] += step[o];
                    break;
                }

                for (var o = 0; o < operands; o++)
                    offsets[o] -= step[o] * (sizes[d] - 1);
                position[d] = 0;
            }

            if (d >= rank)
                return;
        }
    }

    /// <summary>Fills sizes and steps from the innermost dimension outwards; -1 when there is nothing to walk.</summary>
    private static int Merge(long[] shape, long[][] strides, int operands, Span<long> sizes, Span<long> steps)
    {
        var rank = 0;
        for (var d = shape.Length - 1; d >= 0; d--)
        {
            if (shape[d] == 0)
                return -1;
            if (shape[d] == 1)
                continue;

            var merges = rank > 0;
            for (var o = 0; merges && o < operands; o++)
                merges = strides[o][d] == steps[((rank - 1) * operands) + o] * sizes[rank - 1];

            if (merges && sizes[rank - 1] * shape[d] <= int.MaxValue)
            {
                sizes[rank - 1] *= shape[d];
                continue;
            }

            sizes[rank] = shape[d];
            for (var o = 0; o < operands; o++)
                steps[(rank * operands) + o] = strides[o][d];
            rank++;
        }

        if (rank == 0)
        {
            sizes[0] = 1;
            steps[..operands].Clear();
            rank = 1;
        }

        return rank;
    }
}
