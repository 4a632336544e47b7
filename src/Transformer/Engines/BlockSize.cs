namespace MlNetNtd;

/// <summary>How many rows the Torch engine takes at once.</summary>
internal static class BlockSize
{
    /// <summary>
    /// Bytes of one column in one block on a CPU where no batch size was asked for: what is packed is still in the
    /// processor's own cache when it is combined and when it is copied out, and that is worth more than fewer calls.
    /// </summary>
    public const int CpuTargetBytes = 128 << 10;

    /// <summary>The same on a GPU, where a block must drown the cost of sending it there.</summary>
    public const int GpuTargetBytes = 2 << 20;

    /// <summary>The most rows of a block where no batch size was asked for.</summary>
    public const int MaxDefaultRows = 1024;

    // Of one column in one block. Both columns are one tensor, and so are the combined sequences, twice as long; a
    // tensor's bytes are reached through a span, so 2 GiB is the end.
    private const long MostBytes = int.MaxValue / 2;

    /// <summary>Rows per block.</summary>
    /// <param name="batchSize">What the user asked for; null: by the row's size.</param>
    /// <param name="rowValues">Values of one row in one column, T * C, of the longest row expected.</param>
    /// <param name="gpu">Whether the block is combined on a GPU.</param>
    public static int Rows(int? batchSize, long rowValues, bool gpu)
    {
        var rowBytes = rowValues * sizeof(float);
        var most = Math.Max(1, MostBytes / rowBytes);
        var rows = batchSize ?? Math.Clamp((gpu ? GpuTargetBytes : CpuTargetBytes) / rowBytes, 1, MaxDefaultRows);
        return (int)Math.Min(rows, most);
    }

    /// <summary>The longest row, in tokens, that a block of so many rows can hold.</summary>
    public static long MostTokens(int blockRows, int dimension) => MostBytes / ((long)blockRows * dimension * sizeof(float));
}
