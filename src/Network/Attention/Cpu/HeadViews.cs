namespace MlNetNtd;

/// <summary>Rows of equal length at equal distances in memory.</summary>
/// <param name="values">The memory.</param>
/// <param name="first">Where the first row begins.</param>
/// <param name="stride">From one row to the next.</param>
/// <param name="size">How long a row is.</param>
internal readonly ref struct StridedRows(Span<float> values, int first, int stride, int size)
{
    private readonly Span<float> _values = values;

    public Span<float> this[int row] => _values.Slice(first + row * stride, size);
}

/// <summary>What one head of one sequence has of one half: T rows each of queries, keys and values; or their gradients.</summary>
internal readonly ref struct HeadHalf(StridedRows query, StridedRows key, StridedRows value)
{
    public readonly StridedRows Query = query;
    public readonly StridedRows Key = key;
    public readonly StridedRows Value = value;
}
