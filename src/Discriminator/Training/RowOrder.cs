namespace MlNetNtd;

/// <summary>The order of rows, epoch by epoch: a function of the seed.</summary>
/// <param name="rows">The rows; it keeps an array of its own.</param>
/// <param name="rowsPerStep">Of which batches are made.</param>
/// <param name="byLength">Whether rows of similar length share a batch.</param>
/// <param name="seed">Decides the order.</param>
internal sealed class RowOrder(IEnumerable<SequenceRow> rows, int rowsPerStep, bool byLength, int seed)
{
    // Rows are sorted within so many batches: enough for most of the padding to go, and each epoch's batches are others.
    private const int Pool = 32;

    private readonly SequenceRow[] _rows = [.. rows];
    private readonly Random _random = new(seed);

    /// <summary>The batches of the next epoch.</summary>
    public SequenceRow[][] Next()
    {
        _random.Shuffle(_rows);
        if (!byLength)
            return [.. _rows.Chunk(rowsPerStep)];

        // Long and short batches come in no order. The last batch, which may be smaller, stays the last.
        SequenceRow[][] batches =
        [
            .. _rows.Chunk((int)Math.Min((long)Pool * rowsPerStep, Array.MaxLength))
                .SelectMany(pool => pool.OrderBy(row => row.PaddedTokens).Chunk(rowsPerStep)),
        ];
        var whole = batches[^1].Length < rowsPerStep ? batches.Length - 1 : batches.Length;
        _random.Shuffle(batches.AsSpan(0, whole));
        return batches;
    }

    /// <summary>The share of the tokens of batches that are padding.</summary>
    /// <param name="batches">Each padded to its longest row.</param>
    public static double Padding(IEnumerable<SequenceRow[]> batches)
    {
        var (real, padded) = (0L, 0L);
        foreach (var batch in batches)
        {
            real += batch.Sum(row => (long)row.Tokens);
            padded += (long)batch.Length * batch.Max(row => row.PaddedTokens);
        }

        return 1 - (double)real / padded;
    }
}
