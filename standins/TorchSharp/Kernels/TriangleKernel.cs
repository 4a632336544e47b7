namespace TorchSharp.Internal;

/// <summary>Clears one side of a diagonal of each matrix.</summary>
internal static class TriangleKernel
{
    public static TensorImpl Lower(TensorImpl input, long diagonal) =>
        Keep(input, row => (0, row + diagonal + 1));

    public static TensorImpl Upper(TensorImpl input, long diagonal) =>
        Keep(input, row => (row + diagonal, long.MaxValue));

    /// <summary>Keeps the columns of a row from the first to before the last that the range says.</summary>
    private static TensorImpl Keep(TensorImpl input, Func<long, (long First, long End)> range)
    {
        if (input.Rank < 2)
            Fail.Native("tril and triu: input tensor must have at least 2 dimensions");

        var result = CopyKernel.Contiguous(input);
        var (rows, columns) = (input.Sizes[^2], input.Sizes[^1]);
        var elementSize = DTypes.SizeOf(input.DType);
        var bytes = result.Storage.Bytes;
        var matrixRows = columns == 0 ? 0 : result.Numel / columns;
        for (var r = 0L; r < matrixRows; r++)
        {
            var (first, end) = range(r % rows);
            var row = bytes.Slice((int)(r * columns * elementSize), (int)columns * elementSize);
            row[..((int)Math.Clamp(first, 0, columns) * elementSize)].Clear();
            row[((int)Math.Clamp(end, 0, columns) * elementSize)..].Clear();
        }

        return result;
    }
}
