namespace MlNetNtd;

/// <summary>Computes the number of rows in a block of the Torch engine.</summary>
internal static class BlockSize
{
    /// <summary>
    /// The default size of one column in a block on a CPU, in bytes. A block of this size stays in the core's cache from packing to
    /// copying out, which saves more time than fewer calls would.
    /// </summary>
    public const int CpuTargetBytes = 128 << 10;

    /// <summary>The default size of one column in a block on a GPU, in bytes. It amortizes the cost of a transfer.</summary>
    public const int GpuTargetBytes = 2 << 20;

    /// <summary>The largest default number of rows in a block.</summary>
    public const int MaxDefaultRows = 1024;

    // The largest size of one column in a block. Both columns are one tensor, as are the combined sequences, and spans
    // over a tensor's bytes end at 2 GiB.
    private const long MaxBytes = int.MaxValue / 2;

    /// <summary>Computes the rows per block.</summary>
    /// <param name="batchSize">The requested number; null for a default by the row's size.</param>
    /// <param name="rowValues">The number of values of the longest expected row in one column, T * C.</param>
    /// <param name="gpu">Whether the engine runs on a GPU.</param>
    public static int Rows(int? batchSize, long rowValues, bool gpu)
    {
        var rowBytes = rowValues * sizeof(float);
        var maxRows = Math.Max(1, MaxBytes / rowBytes);
        var rows = batchSize ?? Math.Clamp((gpu ? GpuTargetBytes : CpuTargetBytes) / rowBytes, 1, MaxDefaultRows);
        return (int)Math.Min(rows, maxRows);
    }

    /// <summary>Computes the length of the longest row that a block can hold, in tokens.</summary>
    public static long MaxTokens(int blockRows, int dimension, int candidatesPerToken = 1) =>
        2 * MaxBytes / ((1L + candidatesPerToken) * blockRows * dimension * sizeof(float));
}
