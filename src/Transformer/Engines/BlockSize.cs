namespace MlNetNtd;

/// <summary>How many rows the Torch engine takes at once.</summary>
internal static class BlockSize
{
    /// <summary>
    /// Bytes of one column in one block where no batch size was asked for: enough to drown the cost of a call into
    /// libtorch, little enough that a block stays in a CPU's cache and look-ahead stays short.
    /// </summary>
    public const int TargetBytes = 2 << 20;

    /// <summary>The most rows of a block where no batch size was asked for.</summary>
    public const int MaxDefaultRows = 1024;

    // Of one column in one block. Both columns are one tensor, and so are the combined sequences, twice as long; a
    // tensor's bytes are reached through a span, so 2 GiB is the end.
    private const long MostBytes = int.MaxValue / 2;

    /// <summary>Rows a block.</summary>
    /// <param name="batchSize">What the user asked for; null: by the row's size.</param>
    /// <param name="rowValues">Values of one row in one column, T * C, of the longest row expected.</param>
    public static int Rows(int? batchSize, long rowValues)
    {
        var rowBytes = rowValues * sizeof(float);
        var most = Math.Max(1, MostBytes / rowBytes);
        var rows = batchSize ?? Math.Clamp(TargetBytes / rowBytes, 1, MaxDefaultRows);
        return (int)Math.Min(rows, most);
    }

    /// <summary>The longest row, in tokens, that a block of so many rows can hold.</summary>
    public static long MostTokens(int blockRows, int dimension) => MostBytes / ((long)blockRows * dimension * sizeof(float));
}
