namespace MlNetNtd;

/// <summary>Rows of equal length at equal distances in memory.</summary>
/// <param name="values">The memory.</param>
/// <param name="first">The index of the first row's first value.</param>
/// <param name="stride">The distance from one row to the next.</param>
/// <param name="size">The length of a row.</param>
internal readonly ref struct StridedRows(Span<float> values, int first, int stride, int size)
{
    private readonly Span<float> _values = values;

    public Span<float> this[int row] => _values.Slice(first + row * stride, size);
}

/// <summary>
/// The queries, keys and values, or their gradients, of one head, one sequence and its context (T rows each) or candidates (T * K).
/// </summary>
internal readonly ref struct HeadHalf(StridedRows query, StridedRows key, StridedRows value)
{
    public readonly StridedRows Query = query;
    public readonly StridedRows Key = key;
    public readonly StridedRows Value = value;
}
