namespace MlNetNtd;

/// <summary>Divides the rows of a step into parts with about equally many tokens. The number of parts depends on the rows alone.</summary>
internal sealed class SequencePartition
{
    /// <summary>The maximum number of parts, and so of threads.</summary>
    public const int MaxParts = 16;

    // Smaller parts would spend more on their copy of the gradients than is won.
    private const int MinPositions = 256;

    private readonly int[] _starts = new int[MaxParts + 1];

    /// <summary>Gets the number of parts. One may be empty if rows differ in length.</summary>
    public int Count { get; private set; }

    /// <summary>Gets the first row of a part and its number of rows.</summary>
    public (int First, int Rows) this[int part] => (_starts[part], _starts[part + 1] - _starts[part]);

    /// <summary>Divides rows.</summary>
    /// <param name="rows">The rows.</param>
    /// <param name="candidatesPerToken">K, the number of candidates of each token.</param>
    public void Divide(ReadOnlySpan<TrainingSequence> rows, int candidatesPerToken = 1)
    {
        long tokens = 0;
        foreach (ref readonly var row in rows)
            tokens += row.Tokens;
        Count = (int)Math.Clamp((1 + candidatesPerToken) * tokens / MinPositions, 1, Math.Clamp(rows.Length, 1, MaxParts));
        long before = 0;
        var part = 1;
        for (var i = 0; i < rows.Length; i++)
        {
            before += rows[i].Tokens;
            for (; part < Count && before * Count >= tokens * part; part++)
                _starts[part] = i + 1;
        }

        _starts[Count] = rows.Length;
    }
}
